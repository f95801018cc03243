import { Token } from 'aws-cdk-lib';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FeatureEngineeringConfiguration } from './contract/project-configuration';
import { outputProblems, renditionProblems, transformProblems } from './contract/transform-problems';
import { OutputSpec, RenditionSpec, TransformSpec } from './contract/transforms';
import { ImageTransform } from './image-transform';
import { NearDuplicateHold } from './near-duplicate-hold';
import { HookFunction, checkHookFunction, checkHookPlace, hookConcurrency } from './parts/hook-function';
import { MAX_CONCURRENCY } from './parts/intake';
import { nearDuplicatesOf } from './parts/near-duplicates';
import { Problems } from './parts/problems';
import { BoundProcessingJob, bindProcessingJob, checkProcessingJob } from './parts/processing-job';
import { ProcessingJobOptions } from './processing-job-options';

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

/** One of several things that are made of each drop. */
export interface ImageRendition {
  /**
   * Name: 1 to 32 lower-case letters, digits and inner hyphens. It is part of the images' object keys, and travels with them
   * into the data set as `rendition`.
   */
  readonly name: string;

  /**
   * What is done to the drop's image, in this order. At most 16.
   *
   * @default - nothing but what is always done: orientation baked in, colour to sRGB, private metadata stripped
   */
  readonly transforms?: ImageTransform[];

  /**
   * How this rendition's images are written.
   *
   * @default - as the options' `output` says
   */
  readonly output?: ImageOutput;
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

  /**
   * Several images of each drop, by name: an overview beside its tiles, for example. Each is labeled, and paid for, by itself.
   * At most 8, and then no `transforms` beside them. If one of them cannot be made of a drop, none is, and the drop is quarantined.
   *
   * @default - one image, which has no name
   */
  readonly renditions?: ImageRendition[];

  /**
   * Images of a drop that looks nearly the same as an earlier one are held: no worker gets them until somebody orders them with `requeue`.
   * What workers would see is compared, after the transforms: of several renditions the first, of tiles what they are cut from. Each drop
   * is compared with the last 64 that share a part of its looks, not with the whole project.
   *
   * @default - no image is held for how it looks
   */
  readonly nearDuplicates?: NearDuplicateHold;
}

/** Options of feature engineering that leaves the bytes alone. */
export interface NoneOptions {
  /**
   * A drop that looks nearly the same as an earlier one is held: no worker gets it until somebody orders it with `requeue`. Each drop is
   * compared with the last 64 that share a part of its looks, not with the whole project.
   *
   * @default - no image is held for how it looks
   */
  readonly nearDuplicates?: NearDuplicateHold;
}

/** Options of feature engineering by a function. */
export interface FromFunctionOptions {
  /**
   * Whether the function is given every file, also what is no image or none that the project knows: videos, raw files, documents. The
   * gate then refuses only empty files, broken images of the types that it knows, and files of more than 256 MB.
   *
   * @default false
   */
  readonly anyFile?: boolean;

  /**
   * How many drops are given to the function at once, 2 to 1,000.
   *
   * @default - 20, or the function's reserved concurrency where that is less
   */
  readonly maxConcurrency?: number;
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
    const transforms = specsOf(options.transforms);
    const output = outputOf(options.output);
    const renditions = options.renditions?.map((rendition): RenditionSpec => ({
      name: rendition.name,
      transforms: specsOf(rendition.transforms),
      output: rendition.output === undefined ? output : outputOf(rendition.output),
    }));
    const problems = new Problems('FeatureEngineering.images');
    problems.add(...transformProblems(withExamples(transforms)), ...outputProblems(withExamples(output)));
    if (renditions !== undefined) {
      problems.add(...renditionProblems(renditions.map((rendition) => ({ ...withExamples(rendition), name: rendition.name }))));
    }
    if (renditions !== undefined && transforms.length > 0) {
      problems.add(`transforms has ${transforms.length} entries beside renditions; give each rendition its own transforms`);
    }
    const nearDuplicates = nearDuplicatesOf(options.nearDuplicates, problems);
    problems.throwIfAny();
    return new Fixed({ kind: 'images', transforms, output, ...(renditions === undefined ? {} : { renditions }), ...nearDuplicates });
  }

  /**
   * Workers see the drop's own bytes.
   *
   * Workers may see a photograph lying on its side, and where it was taken is visible
   * to whoever has the file: the project warns of both for each such drop. For the same reason it is not the default.
   */
  static none(options: NoneOptions = {}): FeatureEngineering {
    const problems = new Problems('FeatureEngineering.none');
    const nearDuplicates = nearDuplicatesOf(options.nearDuplicates, problems);
    problems.throwIfAny();
    return new Fixed({ kind: 'none', ...nearDuplicates });
  }

  /**
   * A Lambda function of yours makes the images, in any language.
   *
   * It is called with each drop as a `HookRequest` and answers with a `HookAnswer`: one or more images, each with attributes, a priority
   * and a pre-label if you like, or a rejection. The drop has passed the gate before (it is an image, and whole), and what the function
   * returns passes it too, before it is stored and recorded like every image: a function cannot lose a drop, nor label one twice. What
   * fails is tried again; a drop that fails where others succeed goes to quarantine.
   *
   * The project lets the function read drops and write below a staging prefix: it needs no other permission. Its time-out may be 3 minutes
   * at most.
   *
   * @param fn the function
   */
  static fromFunction(fn: IFunction, options: FromFunctionOptions = {}): FeatureEngineering {
    const problems = new Problems('FeatureEngineering.fromFunction');
    const maxConcurrency = hookConcurrency(fn, options.maxConcurrency, MAX_CONCURRENCY, problems);
    checkHookFunction(fn, problems);
    problems.throwIfAny();
    return new ByFunction({ function: fn, maxConcurrency }, options.anyFile ?? false);
  }

  /**
   * Your own code works on the drops, in batches, in a processing step of a SageMaker pipeline of the project: for work that is too
   * heavy or too long for a function, or that needs a container of its own.
   *
   * What comes in has passed the gate, and what your code gives passes it too. How the code finds its drops, and what it writes, is
   * told in `docs/processing.md` of this package.
   *
   * An execution is started when drops wait, never for each image and never two at a time. One that fails is tried again, then in
   * halves, until a drop that makes it fail is found alone and quarantined; where nothing comes through at all, no drop is blamed and
   * an alert is raised.
   */
  static processingJob(options: ProcessingJobOptions): FeatureEngineering {
    const problems = new Problems('FeatureEngineering.processingJob');
    checkProcessingJob(options, problems);
    problems.throwIfAny();
    return new Processing(options);
  }

  /** @internal */
  abstract _bind(scope: Construct): FeatureEngineeringConfiguration;

  /**
   * The function of the user's that makes the images, where there is one.
   *
   * @internal
   */
  _hook(_scope: Construct): HookFunction | undefined {
    return undefined;
  }

  /**
   * The processing job that makes the images, where there is one.
   *
   * @internal
   */
  _job(_scope: Construct): BoundProcessingJob | undefined {
    return undefined;
  }
}

function specsOf(transforms: readonly ImageTransform[] = []): TransformSpec[] {
  return transforms.map((transform) => transform._bind());
}

function outputOf({ format, quality, chromaSubsampling, background }: ImageOutput = {}): OutputSpec {
  return Object.fromEntries(Object.entries({ format, quality, chromaSubsampling, background }).filter(([, value]) => value !== undefined));
}

/** Puts a valid example where a value is known only at deploy time, so that the rest can be checked. */
function withExamples<T>(value: T): T {
  if (Token.isUnresolved(value)) {
    return (typeof value === 'number' ? 1 : '#000000') as T;
  }
  if (Array.isArray(value)) {
    return value.map(withExamples) as T;
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withExamples(each)])) as T
    : value;
}

class ByFunction extends FeatureEngineering {
  constructor(private readonly hook: HookFunction, private readonly anyFile: boolean) {
    super();
  }

  /** @internal */
  _bind(_scope: Construct): FeatureEngineeringConfiguration {
    return { kind: 'function', anyFile: this.anyFile };
  }

  /** @internal */
  _hook(scope: Construct): HookFunction {
    const problems = new Problems(`StreamingLabelingProject '${scope.node.path}'`);
    checkHookPlace(scope, this.hook, problems);
    problems.throwIfAny();
    return this.hook;
  }
}

class Processing extends FeatureEngineering {
  constructor(private readonly options: ProcessingJobOptions) {
    super();
  }

  /** @internal */
  _bind(_scope: Construct): FeatureEngineeringConfiguration {
    throw new Error('a processing job is configured by the pipeline that runs it');
  }

  /** @internal */
  _job(scope: Construct): BoundProcessingJob {
    return bindProcessingJob(scope, this.options);
  }
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
