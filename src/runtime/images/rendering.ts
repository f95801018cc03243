import type { Sharp } from 'sharp';
import { openImage, runPipeline } from './decoder';
import { enlarged } from './enlarging';
import { ImageHeader } from './header';
import { paint } from './painting';
import { openPicture, Picture, requireMemory, toPicture } from './picture';
import { applyStage, stagesOf } from './stages';
import { Orientation, uprightSize } from '../../contract/geometry';
import { isMoving, MovingStep, PaintingStep, Size, sizeAfter, Step } from '../../contract/steps';
import { DEFAULT_BACKGROUND, DEFAULT_QUALITY, OutputSpec } from '../../contract/transforms';

/** What a pipeline begins with. */
interface Begun {
  readonly image: Sharp;
  readonly input: Size;
  readonly orientation: Orientation;
}

/**
 * From the bytes of a drop to the bytes of its images. Steps that the pipeline library does in one pass over the pixels are one
 * pass; between passes, and to paint, the pixels are held in memory.
 */
export class Rendering {
  /** Whether one channel, of grey, is enough from the beginning on. */
  private readonly grey: boolean;

  /**
   * @param steps of the whole image
   * @param partSteps of all parts that will be asked for
   */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly header: ImageHeader,
    private readonly format: 'jpeg' | 'png',
    private readonly output: OutputSpec,
    private readonly steps: readonly Step[],
    private readonly partSteps: readonly Step[] = [],
  ) {
    // pixels in memory are grey, or coloured, with or without transparency: never grey with it
    const upright = uprightSize(header, header.orientation);
    const inMemory = partSteps.length > 0 || firstInMemory(steps, upright) < steps.length
      || stagesOf(header, header.orientation, upright, steps.filter(isMoving)).length > 1;
    this.grey = header.colorModel === 'grey' && !hasColor([...steps, ...partSteps]) && !(inMemory && header.hasAlpha && format === 'png');
  }

  /** The image as one file. */
  async whole(): Promise<Uint8Array> {
    return runPipeline(this.encode(await this.run(this.open(), this.steps)));
  }

  /** The image in memory, for `part`. */
  async picture(): Promise<Picture> {
    const upright = uprightSize(this.header, this.header.orientation);
    return toPicture(await this.run(this.open(), this.steps), sizeAt(this.steps, this.steps.length, upright));
  }

  /** A part of the picture as a file. */
  async part(picture: Picture, steps: readonly Step[]): Promise<Uint8Array> {
    return runPipeline(this.encode(await this.run({ image: openPicture(picture), input: picture, orientation: 1 }, steps)));
  }

  private open(): Begun {
    const { header } = this;
    let image = openImage(this.bytes, header);
    if (this.format === 'jpeg' && header.hasAlpha) {
      image = image.flatten({ background: this.output.background ?? DEFAULT_BACKGROUND });
    }
    if (header.colorModel === 'grey') {
      image = this.grey ? image.toColourspace('b-w') : image.pipelineColourspace('srgb');
    } else if (header.type === 'gif') {
      // the decoder gives one channel where the palette is grey
      image = image.toColourspace('srgb');
    }
    return { image, input: header, orientation: header.orientation };
  }

  /** A pipeline whose last pass was not run yet. */
  private async run(begun: Begun, steps: readonly Step[]): Promise<Sharp> {
    const { input, orientation } = begun;
    const upright = uprightSize(input, orientation);
    const at = firstInMemory(steps, upright);
    const step = steps[at] as Step | undefined;
    const before = sizeAt(steps, at, upright);
    const moving = [...steps.slice(0, at) as MovingStep[], ...(step?.kind === 'scale' ? shrinkingPart(step, before) : [])];
    const stages = stagesOf(input, orientation, upright, moving);
    let image = applyStage(begun.image, stages[0]);
    for (const [index, stage] of stages.slice(1).entries()) {
      image = applyStage(openPicture(await toPicture(image, stages[index].size)), stage);
    }
    if (step === undefined) {
      return image;
    }
    const left = steps.slice(at + 1);
    const picture = await toPicture(image, stages[stages.length - 1].size);
    const made = step.kind === 'scale' ? enlarged(picture, requireMemory({ width: step.width, height: step.height }))
      : await paint(picture, step as PaintingStep, hasColor([...left, ...this.partSteps]));
    return this.run({ image: openPicture(made), input: made, orientation: 1 }, left);
  }

  private encode(image: Sharp): Sharp {
    if (this.format === 'png') {
      // filters make photographs a third smaller; level 4 would save 1 or 2 % of the bytes and cost an eighth more time
      return image.png({ compressionLevel: 3, adaptiveFiltering: true });
    }
    const chroma = this.output.chromaSubsampling ?? 'auto';
    return image.jpeg({
      quality: this.output.quality ?? DEFAULT_QUALITY,
      chromaSubsampling: chroma === 'auto' ? (this.header.subsampled ? '4:2:0' : '4:4:4') : chroma,
      // optimal codes would save 3 % of the bytes and cost as much time as the rest of the encoder
      optimiseCoding: false,
    });
  }
}

/** Whether any step brings colour into a grey image. */
function hasColor(steps: readonly Step[]): boolean {
  return steps.some((step) => 'color' in step && !/^#(..)\1\1$/i.test(step.color));
}

/** The index of the first step that the library cannot do, or not well: painting and enlarging. */
function firstInMemory(steps: readonly Step[], size: Size): number {
  let now = size;
  const at = steps.findIndex((step) => {
    const before = now;
    now = sizeAfter(step, now);
    return !isMoving(step) || (step.kind === 'scale' && (step.width > before.width || step.height > before.height));
  });
  return at < 0 ? steps.length : at;
}

function sizeAt(steps: readonly Step[], index: number, size: Size): Size {
  return steps.slice(0, index).reduce<Size>((now, step) => sizeAfter(step, now), size);
}

/** What a scaling does in a direction that it shrinks, where it enlarges the other. */
function shrinkingPart({ width, height }: Size, before: Size): MovingStep[] {
  const to = { width: Math.min(width, before.width), height: Math.min(height, before.height) };
  return to.width === before.width && to.height === before.height ? [] : [{ kind: 'scale', ...to }];
}
