import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FeatureEngineeringConfiguration } from './contract/project-configuration';
import { OutputSpec, outputProblems, transformProblems } from './contract/transforms';
import { ImageTransform } from './image-transform';
import { Problems } from './parts/problems';

/** The file format of the images that workers see. */
export enum ImageFormat {
  /** PNG where the drop is a PNG, else JPEG. */
  AUTO = 'auto',
  /** Always JPEG. */
  JPEG = 'jpeg',
  /** Always PNG: larger, without loss. */
  PNG = 'png',
}

/** The colour resolution of a JPEG. */
export enum ChromaSubsampling {
  /** Full resolution, except for a JPEG that came with less. */
  AUTO = 'auto',
  /** Full resolution (4:4:4): sharp edges between colours, larger files. */
  FULL = '4:4:4',
  /** A quarter of it (4:2:0): what most cameras write. */
  QUARTER = '4:2:0',
}

/** How the images that workers see are written. */
export interface ImageOutput {
  /**
   * File format.
   *
   * @default ImageFormat.AUTO
   */
  readonly format?: ImageFormat;

  /**
   * JPEG quality, 1 to 100.
   *
   * @default - 92, and a JPEG none of whose pixels change is not encoded again: only its private metadata is taken out
   */
  readonly quality?: number;

  /**
   * Colour resolution of a JPEG.
   *
   * @default ChromaSubsampling.AUTO
   */
  readonly chromaSubsampling?: ChromaSubsampling;

  /**
   * Colour, written `#rrggbb`, behind the transparent parts of an image that becomes a JPEG.
   *
   * @default '#ffffff'
   */
  readonly background?: string;
}

/** Options of the built-in image processing. */
export interface ImagesOptions {
  /**
   * What is done to each image, in this order. At most 16.
   *
   * @default - nothing but what is always done: orientation baked in, colour to sRGB, private metadata stripped
   */
  readonly transforms?: ImageTransform[];

  /**
   * How the images are written.
   *
   * @default - in the drop's own format, in good quality
   */
  readonly output?: ImageOutput;
}

/**
 * What is made of a drop before workers see it.
 */
export abstract class FeatureEngineering {
  /**
   * The built-in image processing.
   *
   * Always: the EXIF orientation is baked into the pixels, colour becomes sRGB, and private metadata (where a photograph was
   * taken) is stripped. Then the transforms. The inverse of what was done travels with each image, so that labels can be
   * mapped back to the drop.
   */
  static images(options: ImagesOptions = {}): FeatureEngineering {
    const transforms = (options.transforms ?? []).map((transform) => transform._bind());
    const { format, quality, chromaSubsampling, background } = options.output ?? {};
    const output = Object.fromEntries(Object.entries({ format, quality, chromaSubsampling, background })
      .filter(([, value]) => value !== undefined)) as OutputSpec;
    const problems = new Problems('FeatureEngineering.images');
    problems.add(...transformProblems(transforms.map(withExamples)), ...outputProblems(withExamples(output)));
    problems.throwIfAny();
    return new Fixed({ kind: 'images', transforms, output });
  }

  /**
   * Workers see the drop's own bytes.
   *
   * Workers may see a photograph lying on its side, and where it was taken is visible
   * to whoever has the file: the project warns of both for each such drop. For the same reason it is not the default.
   */
  static none(): FeatureEngineering {
    return new Fixed({ kind: 'none' });
  }

  /** @internal */
  abstract _bind(scope: Construct): FeatureEngineeringConfiguration;
}

/** Puts a valid example where a value is known only at deploy time, so that the rest can be checked. */
function withExamples<T extends object>(spec: T): T {
  return Object.fromEntries(Object.entries(spec)
    .map(([name, value]) => [name, Token.isUnresolved(value) ? (typeof value === 'number' ? 1 : '#000000') : value])) as T;
}

class Fixed extends FeatureEngineering {
  constructor(private readonly configuration: FeatureEngineeringConfiguration) {
    super();
  }

  /** @internal */
  _bind(_scope: Construct): FeatureEngineeringConfiguration {
    return this.configuration;
  }
}
