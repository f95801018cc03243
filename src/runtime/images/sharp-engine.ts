import type { Sharp } from 'sharp';
import { decodeFault, decodeWhole, loadSharp, openImage, runPipeline } from './decoder';
import { CONTENT_TYPE, EngineResult, ImageEngine, ImagePlan } from './engine';
import { Fault } from './fault';
import { ImageHeader } from './header';
import { applyStage, Stage, stagesOf } from './stages';
import { stripMetadata } from './strip';
import { Geometry, planGeometry, Size, uprightSize } from '../../contract/geometry';
import { IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS } from '../../contract/limits';
import { DEFAULT_BACKGROUND, DEFAULT_QUALITY, OutputSpec } from '../../contract/transforms';

/**
 * The built-in engine: orientation baked in, colour to sRGB at 8 bit, private metadata gone, the user's transforms, JPEG or PNG.
 *
 * It decodes no more than the transforms need: a crop of a JPEG ends with its last row, and is cut before it is turned.
 * Damage in the rest of the file is found by `inspect`, but for flipped bits in JPEG data that nobody will see.
 */
export class SharpEngine implements ImageEngine {
  async process(bytes: Uint8Array, header: ImageHeader, plan: ImagePlan): Promise<EngineResult> {
    const planned = planGeometry(header, header.orientation, plan.transforms);
    if (planned.kind === 'too-small') {
      return { kind: 'rejected', reason: 'too-small', detail: planned.detail };
    }
    const { geometry } = planned;
    const { width, height } = geometry;
    if (width * height > IMAGE_MAX_PIXELS) {
      const detail = `the image for the workers would be ${width}x${height}; ${IMAGE_MAX_PIXELS} pixels are allowed`;
      return { kind: 'rejected', reason: 'output-too-many-pixels', detail };
    }
    const format = formatOf(header, plan.output);
    let made: Uint8Array;
    try {
      made = keepsPixels(header, geometry, format, plan.output)
        ? await keepPixels(bytes, header)
        : await render(bytes, header, geometry, format, plan.output);
    } catch (error) {
      return { kind: 'rejected', ...decodeFault(error) };
    }
    const fault = sizeFault(made);
    if (fault !== undefined) {
      return { kind: 'rejected', ...fault };
    }
    const image = {
      bytes: made,
      format,
      contentType: CONTENT_TYPE[format],
      width,
      height,
      inverseTransform: geometry.inverse,
      warnings: warningsOf(header, format),
    };
    return { kind: 'images', images: [image] };
  }
}

/** The service's limit on a stored image. */
export function sizeFault(bytes: Uint8Array): Fault | undefined {
  return bytes.length <= IMAGE_MAX_BYTES
    ? undefined
    : { reason: 'output-too-large', detail: `the image for the workers has ${bytes.length} bytes; ${IMAGE_MAX_BYTES} are allowed` };
}

function formatOf(header: ImageHeader, output: OutputSpec): 'jpeg' | 'png' {
  return output.format === undefined || output.format === 'auto' ? header.type : output.format;
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

async function render(
  bytes: Uint8Array, header: ImageHeader, geometry: Geometry, format: 'jpeg' | 'png', output: OutputSpec,
): Promise<Uint8Array> {
  const stages = stagesOf(header, header.orientation, uprightSize(header, header.orientation), geometry.steps);
  let image = openImage(bytes, header);
  if (format === 'jpeg' && header.hasAlpha) {
    image = image.flatten({ background: output.background ?? DEFAULT_BACKGROUND });
  }
  const grey = header.colorModel === 'grey';
  if (grey && !hasColor(stages)) {
    image = image.toColourspace('b-w');
  } else if (grey) {
    image = image.pipelineColourspace('srgb');
  }
  image = applyStage(image, stages[0]);
  for (const [index, stage] of stages.slice(1).entries()) {
    image = applyStage(await materialize(image, stages[index].size), stage);
    image = grey && !hasColor(stages) ? image.toColourspace('b-w') : image;
  }
  return runPipeline(encode(image, header, format, output));
}

function hasColor(stages: readonly Stage[]): boolean {
  return stages.some(({ extend }) => extend !== undefined && !/^#(..)\1\1$/i.test(extend.color));
}

/** The pixels so far, as the input of another pass. */
async function materialize(image: Sharp, { width, height }: Size): Promise<Sharp> {
  const pixels = await runPipeline(image.raw());
  const channels = pixels.length / (width * height) as 1 | 2 | 3 | 4;
  return loadSharp()(pixels, { raw: { width, height, channels } });
}

function encode(image: Sharp, header: ImageHeader, format: 'jpeg' | 'png', output: OutputSpec): Sharp {
  if (format === 'png') {
    // filters make photographs a third smaller; level 4 would save 1 or 2 % of the bytes and cost an eighth more time
    return image.png({ compressionLevel: 3, adaptiveFiltering: true });
  }
  const chroma = output.chromaSubsampling ?? 'auto';
  return image.jpeg({
    quality: output.quality ?? DEFAULT_QUALITY,
    chromaSubsampling: chroma === 'auto' ? (header.subsampled ? '4:2:0' : '4:4:4') : chroma,
    // optimal codes would save 3 % of the bytes and cost as much time as the rest of the encoder
    optimiseCoding: false,
  });
}

function warningsOf(header: ImageHeader, format: 'jpeg' | 'png'): string[] {
  return [
    ...(header.animated ? ['The image is animated: workers see its first frame.'] : []),
    ...(header.hasAlpha && format === 'jpeg' ? ['The image had transparent parts: they were filled with the background colour.'] : []),
  ];
}
