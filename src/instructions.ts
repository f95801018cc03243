import { IgnoreMode, Token } from 'aws-cdk-lib';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { PageTask } from './contract/worker-template';
import { ASSET_FILES, missingFolder } from './parts/instructions-folder';
import { Problems } from './parts/problems';
import { BoundInstructions, builtInPage, checkFolder, warnOfLabels } from './parts/worker-page';

/** How a folder of instructions is checked. */
export interface InstructionsDirectoryOptions {
  /**
   * Whether warnings of the lint fail the synthesis too.
   *
   * @default false
   */
  readonly strict?: boolean;
}

/** A folder of instructions in a bucket. */
export interface InstructionsBucketOptions {
  /**
   * Where the folder begins. It must end in '/' and must not begin with one.
   *
   * @default - the whole bucket is the folder
   */
  readonly prefix?: string;

  /**
   * Anything that is another text whenever the content changed, such as a commit or a date: a deploy reads the folder only when this,
   * the task, or whether there is a site, is not what it was.
   *
   * @default - none: what is in the bucket is read at the first deploy, and again when the task changes, or a site comes or goes
   */
  readonly revision?: string;
}

/** Instructions that a pipeline owns. */
export interface InstructionsPipelineOptions {
  /**
   * What workers see until something has been pushed. Later it has no say.
   *
   * @default Instructions.builtIn(), which a custom task does not have
   */
  readonly untilFirstPush?: Instructions;
}

/** When changed instructions reach workers. */
export enum InstructionRollOut {
  /** With the next job: the running one keeps its page until it ends by itself. */
  NEXT_JOB = 'NEXT_JOB',

  /**
   * By rolling the running job: it gets no more images, has an hour to finish those it has, is stopped, and the next job begins with
   * the new page. At most one roll an hour. What workers did not finish goes to the next job.
   */
  ROLL_NOW = 'ROLL_NOW',
}

/**
 * What workers read beside the image: the worker page.
 *
 * Each version of it has a content hash. A job keeps the version that it began with; each line of the data set says under which
 * version its label was made, as `instructions-version`.
 */
export abstract class Instructions {
  /** The page of the task, with its title, its description, and the descriptions of its labels. */
  static builtIn(): Instructions {
    return new BuiltIn();
  }

  /**
   * A folder of your repository: either Markdown that is put into the built-in page of the task (`full.md`, `short.md` or both), or a page
   * of your own (`template.liquid.html`), and example images (`images/`, as many as you like: JPEG, PNG, WebP, AVIF, GIF or TIFF, of which
   * workers get JPEG or PNG).
   *
   * Text names an image by its file: `![Good](good.jpg)`, or `<img src="good.jpg">` in a page of your own. At a deploy the images that
   * are named are made upright, at most 1600 pixels wide and high, and free of private metadata; they lie in the output bucket, and
   * workers see them through short-lived addresses. Everything is checked at synthesis: a mistake fails it, with file, line and column.
   * Symbolic links in the folder are refused: put the files themselves there.
   *
   * @param directory relative to the folder in which the app runs
   */
  static fromDirectory(directory: string, options: InstructionsDirectoryOptions = {}): Instructions {
    return new FromDirectory(directory, options.strict ?? false);
  }

  /**
   * The same folder in a bucket, read at a deploy. What is wrong with it fails the deploy, with file, line and column; warnings are in
   * the stack output `Checks`.
   */
  static fromBucket(bucket: IBucket, options: InstructionsBucketOptions = {}): Instructions {
    const { prefix = '', revision } = options;
    const problems = new Problems('Instructions.fromBucket');
    if (prefix !== '') {
      problems.pattern('prefix', prefix, /^[^/].*\/$/, "end in '/', such as 'instructions/', and not begin with one");
    }
    problems.throwIfAny();
    return new FromBucket(bucket, prefix, revision);
  }

  /**
   * What was pushed last to the source of an `InstructionsPipeline`. A deploy leaves it alone: the pipeline is the one owner.
   */
  static fromPipeline(options: InstructionsPipelineOptions = {}): Instructions {
    const { untilFirstPush = Instructions.builtIn() } = options;
    if (untilFirstPush instanceof FromPipeline) {
      throw new Error('Instructions.fromPipeline: untilFirstPush is Instructions.fromPipeline() itself; give what is deployed: builtIn, fromDirectory or fromBucket');
    }
    return new FromPipeline(untilFirstPush);
  }

  /** @internal */
  abstract _bind(scope: Construct, task: PageTask): BoundInstructions;
}

class FromPipeline extends Instructions {
  constructor(private readonly untilFirstPush: Instructions) {
    super();
  }

  /** @internal */
  _bind(scope: Construct, task: PageTask): BoundInstructions {
    return { ...this.untilFirstPush._bind(scope, task), owner: 'PIPELINE' };
  }
}

class BuiltIn extends Instructions {
  /** @internal */
  _bind(scope: Construct, task: PageTask): BoundInstructions {
    if (task.type === 'Custom') {
      throw new Error('instructions are missing; LabelingTask.custom has no built-in page: give Instructions.fromDirectory(...) with a template.liquid.html');
    }
    return { owner: 'DEPLOY', deployed: { kind: 'page', template: builtInPage(scope, task) } };
  }
}

class FromDirectory extends Instructions {
  constructor(private readonly directory: string, private readonly strict: boolean) {
    super();
    const problems = new Problems('Instructions.fromDirectory');
    if (Token.isUnresolved(directory)) {
      problems.add('directory is known only at deploy time; it must be a folder that is there when the app runs');
    } else {
      problems.add(...missingFolder(directory));
    }
    problems.throwIfAny();
  }

  /** @internal */
  _bind(scope: Construct, task: PageTask): BoundInstructions {
    checkFolder(scope, 'Instructions.fromDirectory', this.directory, task, this.strict);
    const asset = new Asset(scope, 'Folder', { path: this.directory, exclude: ASSET_FILES, ignoreMode: IgnoreMode.GIT });
    const { bucket, s3BucketName, s3ObjectKey } = asset;
    return {
      owner: 'DEPLOY',
      deployed: { kind: 'folder', source: { kind: 'archive', bucket: s3BucketName, key: s3ObjectKey }, bucket, objects: s3ObjectKey, list: false },
    };
  }
}

class FromBucket extends Instructions {
  constructor(private readonly bucket: IBucket, private readonly prefix: string, private readonly revision?: string) {
    super();
  }

  /** @internal */
  _bind(scope: Construct, task: PageTask): BoundInstructions {
    warnOfLabels(scope, task);
    const { bucket, prefix, revision } = this;
    return {
      owner: 'DEPLOY',
      deployed: {
        kind: 'folder', bucket, objects: `${prefix}*`, list: true,
        source: { kind: 'folder', bucket: bucket.bucketName, prefix, ...revision === undefined ? {} : { revision } },
      },
    };
  }
}
