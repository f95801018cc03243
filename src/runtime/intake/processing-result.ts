import * as z from 'zod';
import { GivenImage } from './given-image';
import { IMAGE_MEMBERS, REJECTION, placeOf } from './hook/answer';
import { HookRejection } from '../../contract/hook';
import { DROP_MAX_IMAGES } from '../../contract/limits';
import { PROCESSING_CONTRACT_VERSION } from '../../contract/processing';

const ERROR_MAX_CHARACTERS = 1_000;

/** A path below the output folder that cannot leave it. */
const FILE = z.string().max(500).regex(
  /^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/,
  'it is no path of letters, digits, dots, hyphens and underscores below the output folder',
);

const KINDS = ['images', 'reject', 'error'] as const;

const RESULT = z.strictObject({
  contractVersion: z.literal(PROCESSING_CONTRACT_VERSION),
  images: z.array(z.strictObject({ file: FILE, ...IMAGE_MEMBERS })).max(DROP_MAX_IMAGES).optional(),
  reject: REJECTION.optional(),
  error: z.string().min(1).optional(),
}).refine((result) => KINDS.filter((kind) => result[kind] !== undefined).length === 1, `a result needs exactly one of ${KINDS.join(', ')}`);

/** An image that the code made, and the file that it is in. */
export type FiledImage = GivenImage & { readonly file: string };

export type ProcessingResult =
  | { readonly kind: 'images'; readonly images: readonly FiledImage[] }
  | { readonly kind: 'reject'; readonly reject: HookRejection }
  | { readonly kind: 'error'; readonly message: string };

/** Reads the result of one drop. What does not keep to the contract is an error of the code, with what is wrong. */
export function readResult(bytes: Uint8Array): ProcessingResult {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    return { kind: 'error', message: `its result is no JSON: ${(error as Error).message}` };
  }
  const parsed = RESULT.safeParse(value);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    return { kind: 'error', message: `its result is wrong${path.length > 0 ? ` at ${placeOf(path)}` : ''}: ${message}` };
  }
  const { images, reject, error } = parsed.data;
  const files = images?.map(({ file }) => file) ?? [];
  const twice = files.findIndex((file, index) => files.indexOf(file) < index);
  if (twice >= 0) {
    return { kind: 'error', message: `its result is wrong at images[${twice}].file: an earlier image has the same` };
  }
  return images ? { kind: 'images', images: images as readonly FiledImage[] }
    : reject ? { kind: 'reject', reject } : { kind: 'error', message: error!.slice(0, ERROR_MAX_CHARACTERS) };
}
