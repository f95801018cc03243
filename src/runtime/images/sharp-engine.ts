import { decodeFault, decodeWhole } from './decoder';
import { differenceHash } from './difference-hash';
import { CONTENT_TYPE, EngineResult, ImageEngine, ImagePlan, MadeImage, MadeTile, TilesResult } from './engine';
import { Fault, FaultError } from './fault';
import { ImageHeader } from './header';
import { openPicture } from './picture';
import { Rendering } from './rendering';
import { stripMetadata } from './strip';
import { Geometry, planGeometry, planTiling, TileGeometry } from '../../contract/geometry';
import { IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from '../../contract/limits';
import { Size } from '../../contract/steps';
import { OutputSpec } from '../../contract/transforms';

/**
 * The built-in engine: orientation baked in, colour to sRGB at 8 bit, private metadata gone, the user's transforms, JPEG or PNG.
 *
 * It decodes no more than the transforms need: a crop of a JPEG ends with its last row, and is cut before it is turned.
 * Damage in the rest of the file is found by `inspect`, but for flipped bits in JPEG data that nobody will see.
 */
export class SharpEngine implements ImageEngine {
  async process(bytes: Uint8Array, header: ImageHeader, plan: ImagePlan): Promise<EngineResult> {
    const planned = planGeometry(header, header.orientation, plan.transforms);
    if (planned.kind !== 'geometry') {
      return { kind: 'rejected', reason: planned.kind, detail: planned.detail };
    }
    const { geometry } = planned;
    const format = formatOf(header, plan.output);
    try {
      requireAllowedSize(geometry);
      const made = keepsPixels(header, geometry, format, plan.output)
        ? await keepPixels(bytes, header)
        : await new Rendering(bytes, header, format, plan.output, geometry.steps).whole();
      return { kind: 'images', images: [imageOf(made, header, format, geometry)] };
    } catch (error) {
      return { kind: 'rejected', ...decodeFault(error) };
    }
  }

  /**
   * For a plan that tiles. The image is decoded once and kept in memory; its tiles are made one by one, as they are asked for.
   *
   * @throws FaultError, while tiles are asked for, for what is wrong with the image
   */
  async processTiles(bytes: Uint8Array, header: ImageHeader, plan: ImagePlan): Promise<TilesResult> {
    const planned = planTiling(header, header.orientation, plan.transforms);
    if (planned.kind !== 'tiling') {
      return { kind: 'rejected', reason: planned.kind, detail: planned.detail };
    }
    const { shared, tiles, rows, columns } = planned.tiling;
    const format = formatOf(header, plan.output);
    try {
      tiles.forEach(requireAllowedSize);
      const rendering = new Rendering(bytes, header, format, plan.output, shared.steps, tiles.flatMap(({ steps }) => steps));
      const picture = await rendering.picture();
      return {
        kind: 'tiles',
        tiles: cutAll(tiles, (geometry) => rendering.part(picture, geometry.steps), header, format, { rows, columns }),
        look: () => differenceHash(openPicture(picture)),
      };
    } catch (error) {
      return { kind: 'rejected', ...decodeFault(error) };
    }
  }
}

async function* cutAll(
  tiles: readonly TileGeometry[], cut: (tile: TileGeometry) => Promise<Uint8Array>, header: ImageHeader, format: 'jpeg' | 'png',
  grid: { readonly rows: number; readonly columns: number },
): AsyncGenerator<MadeTile> {
  for (const tile of tiles) {
    yield { ...imageOf(await cut(tile), header, format, tile), tile: { row: tile.row, column: tile.column, ...grid } };
  }
}

/** The service's limit, which can be checked before anything is decoded. */
function requireAllowedSize({ width, height }: Size): void {
  if (width * height > IMAGE_MAX_PIXELS) {
    throw new FaultError('output-too-many-pixels', `the image for the workers would be ${width}x${height}; ${IMAGE_MAX_PIXELS} pixels are allowed`);
  }
}

function imageOf(bytes: Uint8Array, header: ImageHeader, format: 'jpeg' | 'png', geometry: Geometry): MadeImage {
  const fault = sizeFault(bytes);
  if (fault !== undefined) {
    throw new FaultError(fault.reason, fault.detail);
  }
  const { width, height, inverse: inverseTransform } = geometry;
  return { bytes, format, contentType: CONTENT_TYPE[format], width, height, inverseTransform, warnings: warningsOf(header, format) };
}

/** The service's limit on a stored image. */
export function sizeFault(bytes: Uint8Array): Fault | undefined {
  return bytes.length <= IMAGE_MAX_BYTES
    ? undefined
    : { reason: 'output-too-large', detail: `the image for the workers has ${bytes.length} bytes; ${IMAGE_MAX_BYTES} are allowed` };
}

function formatOf(header: ImageHeader, output: OutputSpec): 'jpeg' | 'png' {
  return output.format === undefined || output.format === 'auto' ? (header.type === 'png' ? 'png' : 'jpeg') : output.format;
}

/** Whether the stored pixels are already what is wanted, so that encoding them again would only lose quality and time. */
function keepsPixels(header: ImageHeader, geometry: Geometry, format: 'jpeg' | 'png', output: OutputSpec): boolean {
  const chroma = output.chromaSubsampling ?? 'auto';
  return geometry.steps.length === 0
    && header.orientation === 1
    && header.type === format
    && header.profile !== 'other'
    && header.colorModel !== 'cmyk'
    && header.bitsPerSample <= 8
    && header.laxScans.length === 0
    && output.quality === undefined
    && (format === 'png' || chroma === 'auto' || (chroma === '4:2:0') === header.subsampled);
}

async function keepPixels(bytes: Uint8Array, header: ImageHeader): Promise<Uint8Array> {
  await decodeWhole(bytes, header);
  return stripMetadata(bytes, header);
}

const MORE_FRAMES: { readonly [type: string]: string | undefined } = {
  tiff: 'The file has several pages: workers see its first one.',
  avif: 'The image is a sequence: workers see its still picture.',
};

function warningsOf(header: ImageHeader, format: 'jpeg' | 'png'): string[] {
  return [
    ...(header.animated ? [MORE_FRAMES[header.type] ?? 'The image is animated: workers see its first frame.'] : []),
    // most GIFs name a transparent colour, and few use it
    ...(header.hasAlpha && header.type !== 'gif' && format === 'jpeg' ? ['The image had transparent parts: they were filled with the background colour.'] : []),
  ];
}
