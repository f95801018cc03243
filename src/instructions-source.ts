import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IRepository } from 'aws-cdk-lib/aws-codecommit';
import { IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BoundSource } from './parts/lint-pipeline';
import { READ_OBJECT_ACTIONS, READ_OBJECT_TAGS_ACTIONS, SOURCE_BUCKET_ACTIONS } from './parts/permissions';
import { Problems } from './parts/problems';

/** Where in a source the instructions are. */
export interface InstructionsSourceOptions {
  /**
   * The folder of the instructions, as a path below the root of the source, such as `labeling/instructions`.
   *
   * @default - the root of the source
   */
  readonly folder?: string;
}

/** Instructions in CodeCommit. */
export interface CodeCommitSourceOptions extends InstructionsSourceOptions {
  /** The repository. It must be in the stack's account and Region. */
  readonly repository: IRepository;

  /**
   * Pushes to this branch are published.
   *
   * @default 'main'
   */
  readonly branch?: string;
}

/** Instructions in GitHub, GitLab, Bitbucket or Azure DevOps, whatever a connection leads to. */
export interface CodeConnectionSourceOptions extends InstructionsSourceOptions {
  /** ARN of the connection, which somebody has to complete by hand in the console before the first push. */
  readonly connectionArn: string;

  /** The repository with its owner, such as `my-team/labeling`. */
  readonly repository: string;

  /**
   * Pushes to this branch are published.
   *
   * @default 'main'
   */
  readonly branch?: string;
}

/** Instructions as a zip file in a bucket. */
export interface S3SourceOptions extends InstructionsSourceOptions {
  /** The bucket. It must be versioned. Its notifications to EventBridge are turned on. */
  readonly bucket: IBucket;

  /** Key of the zip file. */
  readonly key: string;
}

/** What an `InstructionsPipeline` takes instructions from. */
export abstract class InstructionsSource {
  /** A branch of a repository in CodeCommit. */
  static codeCommit(options: CodeCommitSourceOptions): InstructionsSource {
    return new CodeCommit(options);
  }

  /** A branch of a repository that a connection (CodeConnections) leads to. */
  static codeConnection(options: CodeConnectionSourceOptions): InstructionsSource {
    return new CodeConnection(options);
  }

  /** A zip file in a versioned bucket: each new version is a push. */
  static s3(options: S3SourceOptions): InstructionsSource {
    return new ZipFile(options);
  }

  /** @param problems gets what is wrong with it @internal */
  abstract _bind(scope: Construct, pipeline: IRuleTarget, problems: Problems): BoundSource;
}

/** A path that leads nowhere but down, and that no shell takes for more than a path. */
const FOLDER = /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/;

function folderOf(folder: string | undefined, problems: Problems): string {
  if (folder === undefined) {
    return '.';
  }
  if (Token.isUnresolved(folder)) {
    problems.add('source: folder is known only at deploy time; it must be known when the app runs');
  }
  problems.pattern('source: folder', folder, FOLDER, "be a path of letters, digits, '.', '_' and '-' below the root of the source, such as 'labeling/instructions', without '..' and without '/' at an end");
  return folder;
}

function branchOf(branch: string, problems: Problems): string {
  problems.pattern('source: branch', branch, /^[^\s~^:?*[\\]+$/, 'be the name of one branch, such as main');
  return branch;
}

class CodeCommit extends InstructionsSource {
  constructor(private readonly options: CodeCommitSourceOptions) {
    super();
  }

  /** @internal */
  _bind(scope: Construct, pipeline: IRuleTarget, problems: Problems): BoundSource {
    const { repository, branch = 'main', folder } = this.options;
    const { account, region } = Stack.of(scope);
    const differ = (one: string, other: string): boolean => Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
    if (differ(repository.env.account, account) || differ(repository.env.region, region)) {
      problems.add(`source: repository is in ${repository.env.account}, ${repository.env.region}; it must be in the stack's account and Region`);
    }
    const name = branchOf(branch, problems);
    new Rule(scope, 'Pushed', {
      description: 'Instructions were pushed',
      eventPattern: {
        source: ['aws.codecommit'],
        detailType: ['CodeCommit Repository State Change'],
        resources: [repository.repositoryArn],
        detail: { event: ['referenceCreated', 'referenceUpdated'], referenceType: ['branch'], referenceName: [name] },
      },
      targets: [pipeline],
    });
    return {
      folder: folderOf(folder, problems),
      provider: 'CodeCommit',
      configuration: { RepositoryName: repository.repositoryName, BranchName: name, PollForSourceChanges: false },
      revision: 'CommitId',
      statements: [new PolicyStatement({
        actions: ['CancelUploadArchive', 'GetBranch', 'GetCommit', 'GetUploadArchiveStatus', 'UploadArchive'].map((action) => `codecommit:${action}`),
        resources: [repository.repositoryArn],
      })],
    };
  }
}

class CodeConnection extends InstructionsSource {
  constructor(private readonly options: CodeConnectionSourceOptions) {
    super();
  }

  /** @internal */
  _bind(_scope: Construct, _pipeline: IRuleTarget, problems: Problems): BoundSource {
    const { connectionArn, repository, branch = 'main', folder } = this.options;
    problems.pattern('source: connectionArn', connectionArn, /^arn:[\w-]+:(codeconnections|codestar-connections):[\w-]+:\d{12}:connection\/.+$/,
      'be the ARN of a connection, such as arn:aws:codeconnections:eu-west-1:111122223333:connection/...');
    problems.pattern('source: repository', repository, /^[^/\s]+(\/[^/\s]+)+$/, 'have its owner, such as my-team/labeling');
    return {
      folder: folderOf(folder, problems),
      provider: 'CodeStarSourceConnection',
      configuration: {
        ConnectionArn: connectionArn, FullRepositoryId: repository, BranchName: branchOf(branch, problems), OutputArtifactFormat: 'CODE_ZIP', DetectChanges: true,
      },
      revision: 'CommitId',
      statements: [new PolicyStatement({
        // the service goes by two names, and a connection by either
        actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        resources: [connectionArn],
      })],
    };
  }
}

class ZipFile extends InstructionsSource {
  constructor(private readonly options: S3SourceOptions) {
    super();
  }

  /** @internal */
  _bind(scope: Construct, pipeline: IRuleTarget, problems: Problems): BoundSource {
    const { bucket, key, folder } = this.options;
    problems.pattern('source: key', key, /^[^/].*\.zip$/, "be the key of a zip file, such as 'instructions.zip'");
    const definition = bucket.node.defaultChild;
    if (definition instanceof CfnBucket && definition.versioningConfiguration === undefined) {
      problems.add('source: bucket is not versioned, which CodePipeline needs; make it with versioned: true');
    }
    bucket.enableEventBridgeNotification();
    new Rule(scope, 'Pushed', {
      description: 'Instructions were pushed',
      eventPattern: {
        source: ['aws.s3'], detailType: ['Object Created'], detail: { bucket: { name: [bucket.bucketName] }, object: { key: [key] } },
      },
      targets: [pipeline],
    });
    return {
      folder: folderOf(folder, problems),
      provider: 'S3',
      configuration: { S3Bucket: bucket.bucketName, S3ObjectKey: key, PollForSourceChanges: false },
      revision: 'VersionId',
      statements: [
        new PolicyStatement({ actions: [...READ_OBJECT_ACTIONS, ...READ_OBJECT_TAGS_ACTIONS], resources: [bucket.arnForObjects(key)] }),
        new PolicyStatement({ actions: SOURCE_BUCKET_ACTIONS, resources: [bucket.bucketArn] }),
        ...bucket.encryptionKey ? [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [bucket.encryptionKey.keyArn] })] : [],
      ],
    };
  }
}
