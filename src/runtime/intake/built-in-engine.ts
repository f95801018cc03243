import { Engine, Engineered, EngineeredImage, Gated, GatedDrop, RejectedDropError } from './engine';
import { FeatureEngineeringConfiguration } from '../../contract/project-configuration';
import { RenditionSpec } from '../../contract/transforms';
import { PerceptualHash } from '../core/perceptual-hash';
import { decodeFault, openImage } from '../images/decoder';
import { differenceHash, openShown } from '../images/difference-hash';
import { ImagePlan, MadeImage, MadeTile } from '../images/engine';
import { FaultError } from '../images/fault';
import { inspect, Inspection } from '../images/gate';
import { ImageHeader } from '../images/header';
import { NoneEngine } from '../images/none-engine';
import { SharpEngine } from '../images/sharp-engine';

const EXTENSION = { jpeg: 'jpg', png: 'png' } as const;

type Rendition = Partial<Pick<RenditionSpec, 'name'>> & ImagePlan;

const isTiled = ({ transforms }: ImagePlan): boolean => transforms.some(({ kind }) => kind === 'tile');

/** The engines that work within the intake function. */
export class BuiltInEngine implements Engine {
  private readonly none = new NoneEngine();
  private readonly sharp = new SharpEngine();
  /** What the gate has read, so that it is not read again. The bytes of a drop never change. */
  private readonly inspections = new WeakMap<Uint8Array, Inspection>();

  constructor(private readonly configuration: Extract<FeatureEngineeringConfiguration, { kind: 'images' | 'none' }>) {}

  gate(bytes: Uint8Array): Gated {
    return this.inspect(bytes);
  }

  async engineer(drop: GatedDrop): Promise<Engineered> {
    const header = this.inspect(drop.bytes);
    if (!header.ok) {
      return { kind: 'rejected', reason: header.reason, detail: header.detail };
    }
    return { kind: 'images', images: this.images(drop.bytes, header) };
  }

  private inspect(bytes: Uint8Array): Inspection {
    const inspection = this.inspections.get(bytes) ?? inspect(bytes);
    this.inspections.set(bytes, inspection);
    return inspection;
  }

  private async* images(bytes: Uint8Array, header: ImageHeader): AsyncGenerator<EngineeredImage> {
    const { configuration } = this;
    try {
      const looks = configuration.nearDuplicates !== undefined;
      if (configuration.kind === 'none') {
        // as they came, which a decoder has to be told how to read
        const look: LookAt = async () => differenceHash(openImage(bytes, header).autoOrient());
        yield* made(await this.none.process(bytes, header), looks ? look : undefined);
        return;
      }
      for (const [index, rendition] of (configuration.renditions ?? [configuration]).entries()) {
        yield* this.rendition(bytes, header, rendition, looks && index === 0 ? lookOf : undefined);
      }
    } catch (error) {
      throw error instanceof FaultError ? new RejectedDropError(error.reason, error.message) : error;
    }
  }

  private async* rendition(
    bytes: Uint8Array, header: ImageHeader, { name, ...plan }: Rendition, look: LookAt | undefined,
  ): AsyncGenerator<EngineeredImage> {
    const result = isTiled(plan) ? await this.sharp.processTiles(bytes, header, plan) : await this.sharp.process(bytes, header, plan);
    yield* made(result, look, name);
  }
}

type Made = Awaited<ReturnType<SharpEngine['process' | 'processTiles']>>;
type LookAt = (made: Exclude<Made, { kind: 'rejected' }>) => Promise<PerceptualHash>;

async function* made(result: Made, look: LookAt | undefined, rendition?: string): AsyncGenerator<EngineeredImage> {
  if (result.kind === 'rejected') {
    throw new RejectedDropError(result.reason, rendition === undefined ? result.detail : `${result.detail} (rendition ${rendition})`);
  }
  const perceptualHash = look && await look(result).catch((error: unknown) => {
    const { reason, detail } = decodeFault(error);
    throw new RejectedDropError(reason, detail);
  });
  let isFirst = true;
  for await (const image of result.kind === 'tiles' ? result.tiles : result.images) {
    yield { ...engineered(image, rendition), ...(isFirst && perceptualHash !== undefined ? { perceptualHash } : {}) };
    isFirst = false;
  }
}

/** Tiles are looked at together: those of a drop may well look like each other. */
const lookOf: LookAt = async (result) => result.kind === 'tiles' ? result.look() : differenceHash(openShown(result.images[0].bytes));

function engineered(image: MadeImage | MadeTile, rendition?: string): EngineeredImage {
  return {
    ...image, extension: EXTENSION[image.format], inverseTransform: image.inverseTransform.upright,
    ...(rendition === undefined ? {} : { rendition }),
  };
}
