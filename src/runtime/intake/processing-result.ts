import * as z from 'zod';
import { EngineeredImage } from './engine';
import { uprightSize } from '../../contract/geometry';
import { DROP_MAX_IMAGES, IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from '../../contract/limits';
import { CONTENT_TYPE } from '../images/engine';
import { inspect } from '../images/gate';

const EXTENSION = { jpeg: 'jpg', png: 'png' } as const;

const IDENTITY = [1, 0, 0, 1, 0, 0] as const;

const REASON_MAX_CHARACTERS = 1_000;

/** A path below the output folder that cannot leave it. */
const FILE = z.string().max(500).regex(/^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/, 'is no path of letters, digits, dots, hyphens and underscores');

const IMAGE = z.looseObject({
  file: FILE,
  priority: z.number().int().min(0).max(9).optional(),
  inverseTransform: z.array(z.number()).length(6).optional(),
  rendition: z.string().max(32).regex(/^[a-z0-9](-*[a-z0-9])*$/, 'is no name of lower-case letters, digits and inner hyphens').optional(),
});

const reason = z.string().min(1).transform((text) => text.slice(0, REASON_MAX_CHARACTERS));

const RESULT = z.union([
  z.looseObject({ reject: reason }),
  z.looseObject({ error: reason }),
  z.looseObject({ images: z.array(IMAGE).max(DROP_MAX_IMAGES) }),
]);

/** What the user's code says of an image that it made. */
export type GivenImage = z.infer<typeof IMAGE>;

export type ProcessingResult =
  | { readonly kind: 'images'; readonly images: readonly GivenImage[] }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'error'; readonly message: string };

/** Reads the result of one drop. What does not keep to the contract is an error of the code, with what is wrong. */
export function readResult(bytes: Uint8Array): ProcessingResult {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    return { kind: 'error', message: `its result is no JSON: ${(error as Error).message}` };
  }
  const kinds = ['images', 'reject', 'error'].filter((name) => typeof value === 'object' && value !== null && name in value);
  if (kinds.length !== 1) {
    return { kind: 'error', message: `its result must have one of images, reject and error, and has ${kinds.join(' and ') || 'none of them'}` };
  }
  const parsed = RESULT.safeParse(value);
  if (!parsed.success) {
    return { kind: 'error', message: `its result does not keep to the contract: ${faultOf(parsed.error, value, kinds[0])}` };
  }
  const result = parsed.data as { images?: GivenImage[]; reject?: string; error?: string };
  return result.images ? { kind: 'images', images: result.images }
    : result.reject === undefined ? { kind: 'error', message: result.error! } : { kind: 'reject', reason: result.reject };
}

function faultOf(error: z.ZodError, value: unknown, kind: string): string {
  const own = kind === 'images' ? z.looseObject({ images: z.array(IMAGE).max(DROP_MAX_IMAGES) }).safeParse(value) : undefined;
  const [{ path, message }] = (own?.error ?? error).issues;
  return `${path.length > 0 ? path.join('.') : kind}: ${message}`;
}

/** What is wrong with an image that the user's code made, or the image as the store takes it. */
export type Accepted = { readonly ok: true; readonly image: EngineeredImage } | { readonly ok: false; readonly problem: string };

/** The gate for images that were made elsewhere: whole, of a type that workers' browsers show, within the service's limits. */
export function acceptImage(bytes: Uint8Array, { file, priority, inverseTransform, rendition }: GivenImage): Accepted {
  const header = inspect(bytes);
  if (!header.ok) {
    return { ok: false, problem: `${file} is ${header.reason}: ${header.detail}` };
  }
  if (bytes.length > IMAGE_MAX_BYTES) {
    return { ok: false, problem: `${file} has ${bytes.length} bytes; ${IMAGE_MAX_BYTES} are allowed` };
  }
  if (header.width * header.height > IMAGE_MAX_PIXELS) {
    return { ok: false, problem: `${file} is ${header.width}x${header.height}; ${IMAGE_MAX_PIXELS} pixels are allowed` };
  }
  return {
    ok: true,
    image: {
      bytes,
      extension: EXTENSION[header.type],
      contentType: CONTENT_TYPE[header.type],
      ...uprightSize(header, header.orientation),
      inverseTransform: inverseTransform ?? IDENTITY,
      ...(priority === undefined ? {} : { priority }),
      warnings: [],
      ...(rendition === undefined ? {} : { rendition }),
    },
  };
}
