import { Engine, Engineered, Gated, GatedDrop } from './engine';
import { FeatureEngineeringConfiguration } from '../../contract/project-configuration';
import { ImageEngine, ImagePlan } from '../images/engine';
import { inspect } from '../images/gate';
import { NoneEngine } from '../images/none-engine';
import { SharpEngine } from '../images/sharp-engine';

const EXTENSION = { jpeg: 'jpg', png: 'png' } as const;

/** The engines that work within the intake function. */
export class BuiltInEngine implements Engine {
  private readonly images: ImageEngine;
  private readonly plan: ImagePlan;

  constructor(configuration: FeatureEngineeringConfiguration) {
    this.images = configuration.kind === 'none' ? new NoneEngine() : new SharpEngine();
    this.plan = configuration.kind === 'none'
      ? { transforms: [], output: {} }
      : { transforms: configuration.transforms, output: configuration.output };
  }

  gate(bytes: Uint8Array): Gated {
    return inspect(bytes);
  }

  async engineer(drop: GatedDrop): Promise<Engineered> {
    const header = inspect(drop.bytes);
    if (!header.ok) {
      return { kind: 'rejected', reason: header.reason, detail: header.detail };
    }
    const result = await this.images.process(drop.bytes, header, this.plan);
    if (result.kind === 'rejected') {
      return result;
    }
    return {
      kind: 'images',
      images: result.images.map((image) => ({
        ...image, extension: EXTENSION[image.format], inverseTransform: image.inverseTransform.upright, priority: 0,
      })),
    };
  }
}
