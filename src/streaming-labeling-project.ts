import { RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { IRule, OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { Architecture, IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EVENT_TYPE, METRIC } from './contract/events';
import { FeatureEngineering } from './feature-engineering';
import { HostedInstructions, InstructionHosting } from './instruction-hosting';
import { InstructionRollOut, Instructions } from './instructions';
import { Alarms } from './parts/alarms';
import { Controller } from './parts/controller';
import { grantReadDataSet } from './parts/data-set-grant';
import { Deployment } from './parts/deployment';
import { projectRule } from './parts/events';
import { ExecutionRole } from './parts/execution-role';
import { HookFunction } from './parts/hook-function';
import { INTAKE_MAX_RECEIVE_COUNT, INTAKE_TIMEOUT, Intake } from './parts/intake';
import { Keys } from './parts/keys';
import { Ledger } from './parts/ledger';
import { projectMetric } from './parts/metrics';
import { ChainNames, chainIdOf, defaultProjectName } from './parts/names';
import { projectOutputs } from './parts/outputs';
import { ProjectPipeline, pipelineName } from './parts/pipeline';
import { Problems } from './parts/problems';
import { checkProject } from './parts/project-checks';
import { sharedWithOthers } from './parts/project-claims';
import { FunctionDefaults } from './parts/project-function';
import { PublishedInstructions } from './parts/published-instructions';
import { PushedInstructions } from './parts/pushed-instructions';
import { RECORDER_MAX_RECEIVE_COUNT, RECORDER_TIMEOUT, Recorder } from './parts/recorder';
import { ProjectParts, resourcesEnvironment } from './parts/resources';
import { Storage } from './parts/storage';
import { Stream } from './parts/stream';
import { grantTaskFunctions } from './parts/task-functions';
import { WorkQueue } from './parts/work-queue';
import { workSettings } from './parts/work-settings';
import { StreamingLabelingProjectProps } from './streaming-labeling-project-props';

const PROJECT = Symbol.for('cdk-streaming-labeling.StreamingLabelingProject');

/**
 * A growing, trainable, labeled data set from a bucket of images.
 *
 * Images that are dropped into a bucket are made ready for workers, labeled by a streaming labeling job of SageMaker Ground Truth, and
 * collected in one data set. Jobs end by themselves after some weeks; the next one continues where the last one stopped.
 *
 * @example
 * import * as iam from 'aws-cdk-lib/aws-iam';
 * import { FeatureEngineering, ImageTransform, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';
 *
 * declare const camera: iam.IRole;
 *
 * const project = new StreamingLabelingProject(this, 'Froth', {
 *   projectName: 'froth',
 *   task: LabelingTask.semanticSegmentation({
 *     title: 'Froth',
 *     description: 'Outline the froth',
 *     labels: [{ name: 'froth', color: '#2acf59' }, { name: 'launder' }],
 *   }),
 *   workTeam: WorkTeam.fromWorkTeamArn(this, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/froth'),
 *   featureEngineering: FeatureEngineering.images({
 *     transforms: [ImageTransform.crop({ width: 512, height: 512, top: 10 })],
 *   }),
 * });
 * project.grantDrop(camera);
 */
export class StreamingLabelingProject extends Construct {
  /** Whether something is a project, whichever copy of this library it was made with. */
  static isStreamingLabelingProject(x: any): boolean {
    return x !== null && typeof x === 'object' && PROJECT in x;
  }

  /** Name of the project. Its jobs are called `<project name>-<chain id>-<number>`. */
  readonly projectName: string;
  /** Eight hexadecimal digits, fixed for the life of the ledger, that tell its jobs from those of any other project. */
  readonly chainId: string;

  /** The bucket that images are dropped into. */
  readonly dropBucket: IBucket;
  /** The bucket with the images that workers see, finished drops and quarantine. */
  readonly inputBucket: IBucket;
  /** The bucket with what Ground Truth writes, and with the data set. */
  readonly outputBucket: IBucket;
  /** Where to drop images: `s3://bucket/prefix`. */
  readonly dropUri: string;
  /** Where the data set is: an augmented manifest with one line for each labeled image. */
  readonly dataSetUri: string;
  /** Name of the table that knows the state of every drop, image and job. */
  readonly ledgerTableName: string;

  /** The topic through which images reach the running job. */
  readonly inputTopic: ITopic;
  /** The topic on which Ground Truth announces each label. */
  readonly outputTopic: ITopic;
  /** The queue of drops that wait for feature engineering. */
  readonly intakeQueue: IQueue;
  /** Drops that failed again and again for a reason other than the image itself. */
  readonly intakeDeadLetterQueue: IQueue;
  /** The queue of labels that wait to be written down. */
  readonly recorderQueue: IQueue;
  /** Labels that failed again and again to be written down. */
  readonly recorderDeadLetterQueue: IQueue;

  /** Where the pages that workers see, and their example images, are; and the site that people read them on, where there is one. */
  readonly instructionHosting: HostedInstructions;
  /** The role that Ground Truth works with. */
  readonly executionRole: IRole;
  /** The rule that wakes the controller when a job of this project ends, so that the next one is chained to it. */
  readonly chainingRule: IRule;
  /** The function that makes images of drops. */
  readonly featureEngineeringFunction: IFunction;
  /** The function that runs the jobs. */
  readonly controllerFunction: IFunction;
  /** The function that writes labels down as they come. */
  readonly recorderFunction: IFunction;
  /** Name of the project's SageMaker pipeline. Undefined where the project needs none. */
  readonly pipelineName?: string;
  /** The role that feature engineering code works with, in a processing job. Undefined in a project without one. */
  readonly processingRole?: IRole;
  /** Alarms for what needs somebody. Add your actions to them: they call nobody by themselves. */
  readonly alarms: Alarm[];

  /** @internal */
  readonly _pushed?: PushedInstructions;
  /** @internal */
  readonly _hook?: HookFunction;
  private readonly names: ChainNames;
  private readonly dropPrefix: string;

  constructor(scope: Construct, id: string, props: StreamingLabelingProjectProps) {
    super(scope, id);
    Object.defineProperty(this, PROJECT, { value: true });

    const { encryptionKey, removalPolicy = RemovalPolicy.RETAIN, dropPrefix = '', featureEngineering = FeatureEngineering.images() } = props;
    const projectName = props.projectName ?? defaultProjectName(this);
    const problems = new Problems(`StreamingLabelingProject '${this.node.path}'`);
    checkProject(this, projectName, props, problems);
    const work = workSettings(props, problems);
    problems.throwIfAny();

    const { task, functions: taskFunctions } = props.task._bind(this);
    const { owner, deployed } = (props.instructions ?? Instructions.builtIn())._bind(this, task);

    const names = new ChainNames(this, projectName, props.retainedLedger?.chainId ?? chainIdOf(this));
    const storage = new Storage(this, 'Storage', { ...props, dropPrefix, removalPolicy });
    const stream = new Stream(this, 'Stream', props);
    const ledger = new Ledger(this, 'Ledger', { retained: props.retainedLedger, encryptionKey });
    const keys = new Keys(this, [
      encryptionKey, props.retainedLedger?.encryptionKey,
      storage.dropBucket.encryptionKey, storage.inputBucket.encryptionKey, storage.outputBucket.encryptionKey,
      stream.inputTopic.masterKey, stream.outputTopic.masterKey,
    ]);
    keys.allowService(encryptionKey, 's3.amazonaws.com');
    keys.allowService(encryptionKey, 'sns.amazonaws.com');
    const intakeQueue = new WorkQueue(this, 'IntakeQueue', {
      functionTimeout: INTAKE_TIMEOUT, maxReceiveCount: INTAKE_MAX_RECEIVE_COUNT, encryptionKey,
    });
    const recorderQueue = new WorkQueue(this, 'RecorderQueue', {
      functionTimeout: RECORDER_TIMEOUT, maxReceiveCount: RECORDER_MAX_RECEIVE_COUNT, encryptionKey,
    });
    storage.notify(intakeQueue);
    const execution = new ExecutionRole(this, 'Execution', {
      brought: props.executionRole, names, storage, stream, keyArns: keys.arns, taskFunctions,
    });

    grantTaskFunctions(taskFunctions, storage, keys);
    const { hosted, site } = (props.instructionHosting ?? InstructionHosting.privateBucket())
      ._bind(this, storage.outputBucket, `${names.chain}-site`);

    const orchestration = props.orchestration?._bind();
    const job = featureEngineering._job(this);
    const hasPipeline = job !== undefined || orchestration !== undefined;
    const parts: ProjectParts = {
      names, storage, dropPrefix, stream, ledger, intakeQueue, recorderQueue, executionRole: execution.role,
      ...hasPipeline ? { pipelineName: pipelineName(projectName) } : {},
    };
    problems.add(...sharedWithOthers(this, parts, props.retainedLedger));
    problems.throwIfAny();
    const functions: FunctionDefaults = {
      architecture: props.architecture ?? Architecture.ARM_64,
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy,
      environment: resourcesEnvironment(this, parts),
      keys,
    };
    const controller = new Controller(this, 'Controller', functions, parts);
    const waking: FunctionDefaults = {
      ...functions, environment: resourcesEnvironment(this, parts, controller.handler.function.functionName),
    };
    this._hook = featureEngineering._hook(this);
    const intake = new Intake(this, 'Intake', waking, parts, controller, this._hook);
    const pipeline = hasPipeline ? new ProjectPipeline(this, 'Pipeline', waking, parts, { controller, job, sharp: intake.sharp }) : undefined;
    if (job) {
      pipeline!.grantWaiting(intake.handler);
    }
    const recorder = new Recorder(this, 'Recorder', waking, parts, controller);
    const published = deployed.kind === 'page' && !site ? undefined : new PublishedInstructions(this, 'Instructions', functions, parts, {
      instructions: { owner, deployed }, task, site, sharp: intake.sharp, after: [storage],
    });
    this._pushed = owner === 'DEPLOY' ? undefined : new PushedInstructions(this, 'PushedInstructions', waking, parts, {
      task, site, controller, sharp: intake.sharp,
    });
    // a page that is known at synthesis is not looked for in a bucket
    const version = deployed.kind === 'page' ? undefined : published?.version;
    const deployment = new Deployment(this, 'Deployment', waking, parts, {
      configuration: {
        schemaVersion: 1,
        projectName,
        chainId: names.chainId,
        task: { ...task, ...deployed.kind === 'page' ? { template: deployed.template } : {} },
        workTeamArn: props.workTeam.workTeamArn,
        work,
        featureEngineering: pipeline?.configuration ?? featureEngineering._bind(this),
        ...version === undefined && owner === 'DEPLOY' ? {} : { instructions: { owner, version } },
        instructionRollOut: props.instructionRollOut ?? InstructionRollOut.NEXT_JOB,
        ...orchestration === undefined ? {} : { orchestration },
      },
      instructionChecks: published?.checks,
      controller,
      pipeline,
      after: [
        storage, stream, ledger, intakeQueue, recorderQueue, execution, ...execution.ready, controller, intake, recorder,
        ...pipeline ? [pipeline] : [],
      ],
    });
    const alarms = new Alarms(this, 'Alarms', parts, controller);

    this.names = names;
    this.dropPrefix = dropPrefix;
    this.projectName = projectName;
    this.chainId = names.chainId;
    this.dropBucket = storage.dropBucket;
    this.inputBucket = storage.inputBucket;
    this.outputBucket = storage.outputBucket;
    this.dropUri = storage.dropUri;
    this.dataSetUri = storage.dataSetUri;
    this.ledgerTableName = ledger.table.tableName;
    this.inputTopic = stream.inputTopic;
    this.outputTopic = stream.outputTopic;
    this.intakeQueue = intakeQueue.queue;
    this.intakeDeadLetterQueue = intakeQueue.deadLetterQueue;
    this.recorderQueue = recorderQueue.queue;
    this.recorderDeadLetterQueue = recorderQueue.deadLetterQueue;
    this.instructionHosting = hosted;
    this.executionRole = execution.role;
    this.chainingRule = controller.chainingRule;
    this.featureEngineeringFunction = intake.handler.function;
    this.controllerFunction = controller.handler.function;
    this.recorderFunction = recorder.handler.function;
    this.alarms = alarms.all;
    this.pipelineName = parts.pipelineName;
    this.processingRole = pipeline?.processingRole;
    projectOutputs(this, parts, deployment, controller.handler.function.functionName, hosted.url);
  }

  /** Lets somebody drop images: write objects below the prefix, and use the bucket's key for it. */
  grantDrop(grantee: IGrantable): Grant {
    return this.dropBucket.grantPut(grantee, `${this.dropPrefix}*`);
  }

  /** Lets somebody read the data set and all that its lines point to: the images, and the masks that Ground Truth wrote. */
  grantReadDataSet(grantee: IGrantable): Grant {
    return grantReadDataSet(grantee, this.inputBucket, this.outputBucket);
  }

  /** Drops that arrived. */
  metricDropsReceived(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.DROPS_RECEIVED, options);
  }

  /** Drops that no event brought in, and that the sweep of the bucket found. More than a few mean that notifications are lost. */
  metricDropsSwept(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.DROPS_SWEPT, options);
  }

  /** Drops whose content had been dropped before, and that are not labeled again. */
  metricDropsDuplicate(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.DROPS_DUPLICATE, options);
  }

  /** Drops whose images are held because they look nearly the same as another drop's. */
  metricDropsNearDuplicate(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.DROPS_NEAR_DUPLICATE, options);
  }

  /** Drops that cannot be labeled. */
  metricDropsQuarantined(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.DROPS_QUARANTINED, options);
  }

  /** Images that wait to be sent to workers. Sums mean nothing here: the default statistic is the maximum. */
  metricImagesPending(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.IMAGES_PENDING, { statistic: 'Maximum', ...options });
  }

  /** Images that were sent to workers. */
  metricImagesSent(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.IMAGES_SENT, options);
  }

  /** Images that got a label. */
  metricImagesLabeled(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.IMAGES_LABELED, options);
  }

  /** Images that workers could not label. */
  metricImagesQuarantined(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.IMAGES_QUARANTINED, options);
  }

  /** Images that are held: of a job that was not settled in time, without the pre-label that workers need, or near duplicates. */
  metricImagesHeld(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.IMAGES_HELD, options);
  }

  /** Labels that were reported, and paid, although their image had one. */
  metricLabelsDouble(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.LABELS_DOUBLE, options);
  }

  /** Labeling jobs that were started. */
  metricJobsStarted(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.JOBS_STARTED, options);
  }

  /** Alerts that stand: what needs somebody. Measured at each run of the controller, so its maximum counts, not its sum. */
  metricAlerts(options?: MetricOptions): Metric {
    return projectMetric(this.names, METRIC.ALERTS, { statistic: 'Maximum', ...options });
  }

  /** A rule for each image that gets a label. */
  onImageLabeled(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.IMAGE_LABELED, this.names, options);
  }

  /** A rule for each image that workers could not label. */
  onImageQuarantined(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.IMAGE_QUARANTINED, this.names, options);
  }

  /** A rule for each drop whose images are held because they look nearly the same as another drop's. */
  onNearDuplicateHeld(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.NEAR_DUPLICATE_HELD, this.names, options);
  }

  /** A rule for each drop that cannot be labeled. */
  onDropQuarantined(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.DROP_QUARANTINED, this.names, options);
  }

  /** A rule for each labeling job that starts. */
  onJobStarted(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.JOB_STARTED, this.names, options);
  }

  /** A rule for each labeling job that has ended. */
  onJobEnded(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.JOB_ENDED, this.names, options);
  }

  /** A rule for each alert: what needs somebody. */
  onAlert(id: string, options: OnEventOptions = {}): Rule {
    return projectRule(this, id, EVENT_TYPE.ALERT, this.names, options);
  }
}
