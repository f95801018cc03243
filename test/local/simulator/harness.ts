import { join } from 'path';
import {
  Answer, CreateLabelingJobRequest, DAY, FUNCTION_ACCOUNTS, GroundTruthSimulator, HOUR, MemoryCloud, MemoryCloudOptions, MINUTE, OpenTask,
  SECOND, SimulatorOptions, VirtualClock,
} from '../../../src/local/simulator';

export { DAY, HOUR, MINUTE, SECOND };

/** A PNG of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

/** The published description of the API, reduced to labeling jobs. */
export const SERVICE_MODEL = join(__dirname, 'fixtures', 'sagemaker-labeling.service-2.json');

export const INPUT = 'input-bucket';
export const OUTPUT = 'output-bucket';

/** The templates of the elements that the tests use. */
export function template(element: string): string {
  return `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <${element} name="${element}" src="{{ task.input.taskObject | grant_read_access }}" header="h" categories="{{ task.input.labels | to_json | escape }}">
    <full-instructions header="i">Look.</full-instructions><short-instructions>Look.</short-instructions>
  </${element}>
</crowd-form>`;
}

export interface HarnessOptions {
  readonly options?: Partial<SimulatorOptions>;
  readonly cloud?: Partial<MemoryCloudOptions>;
  readonly labels?: readonly string[];
  readonly element?: string;
}

/** An account with buckets, topics and a simulator, on a virtual clock. */
export class Harness {
  public readonly clock = new VirtualClock('2026-11-01T00:00:00.000Z');
  public readonly cloud: MemoryCloud;
  public readonly simulator: GroundTruthSimulator;
  public readonly inputTopic: string;
  public readonly outputTopic: string;
  private jobs = 0;

  public constructor(options: HarnessOptions = {}) {
    this.cloud = new MemoryCloud({ clock: this.clock, ...options.cloud });
    this.simulator = new GroundTruthSimulator(this.cloud, this.clock, { serviceModelPath: SERVICE_MODEL, ...options.options });
    this.cloud.buckets.create(INPUT);
    this.cloud.buckets.create(OUTPUT);
    this.inputTopic = this.cloud.topics.ensure('project-input');
    this.outputTopic = this.cloud.topics.ensure('project-output');
    this.labelFile(options.labels ?? ['cat', 'dog', 'bird']);
    this.cloud.buckets.store(OUTPUT, 'config/template.html', template(options.element ?? 'crowd-image-classifier'));
  }

  public labelFile(labels: readonly string[]): void {
    this.cloud.buckets.store(OUTPUT, 'config/labels.json', JSON.stringify({
      'document-version': '2018-11-28', 'labels': labels.map(label => ({ label })),
    }));
  }

  /** Stores an image and returns its URI. */
  public image(name: string, bucket = INPUT): string {
    this.cloud.buckets.store(bucket, `images/${name}`, PNG, { contentType: 'image/png' });
    return `s3://${bucket}/images/${name}`;
  }

  public manifest(...lines: ReadonlyArray<object | string>): string {
    const key = `manifests/m${++this.jobs}.manifest`;
    this.cloud.buckets.store(OUTPUT, key, lines.map(line => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
    return `s3://${OUTPUT}/${key}`;
  }

  public publish(line: object | string): void {
    this.cloud.topics.send(this.inputTopic, typeof line === 'string' ? line : JSON.stringify(line));
  }

  /** Publishes the images under their own ids. */
  public publishImages(...uris: readonly string[]): void {
    uris.forEach(uri => this.publish({ 'source-ref': uri, 'dataset-objectid-attribute-name': 'source-ref' }));
  }

  /** Advances the clock in one go, then steps. */
  public async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.simulator.step();
  }

  /** Creates a job and returns its name. */
  public async create(changes: RequestChanges = {}): Promise<string> {
    const request = this.request(changes);
    await this.simulator.createLabelingJob(request);
    return request.LabelingJobName;
  }

  /** Creates a job and waits until it is InProgress. */
  public async start(changes: RequestChanges = {}): Promise<string> {
    const name = await this.create(changes);
    await this.pass(2 * MINUTE);
    return name;
  }

  public async describe(name: string) {
    return this.simulator.describeLabelingJob({ LabelingJobName: name });
  }

  public async status(name: string): Promise<string> {
    return (await this.describe(name)).LabelingJobStatus;
  }

  /** The counters once everybody sees them. */
  public async counters(name: string) {
    this.clock.advance(90 * SECOND);
    return (await this.describe(name)).LabelCounters;
  }

  public task(sourceRef?: string): OpenTask {
    const task = this.simulator.tasks().find(one => sourceRef === undefined || one.sourceRef === sourceRef);
    if (!task) {
      throw new Error(`no open task for ${sourceRef}`);
    }
    return task;
  }

  public async label(sourceRef: string, answer: Answer = { kind: 'classification', label: 'dog' }, workerId = 'w1'): Promise<void> {
    await this.simulator.submit(this.task(sourceRef).taskId, workerId, answer, { pixelHash: `hash of ${sourceRef}` });
  }

  /** What was published to the output topic. */
  public recorded(): any[] {
    return this.cloud.topics.peekPublished(this.outputTopic).map(body => JSON.parse(body));
  }

  /** Lines of the job's output manifest; undefined when there is none. */
  public output(name: string): any[] | undefined {
    const object = this.cloud.buckets.find(OUTPUT, `jobs/${name}/manifests/output/output.manifest`);
    return object && Buffer.from(object.body).toString().split('\n').filter(line => line !== '').map(line => JSON.parse(line));
  }

  public request(changes: RequestChanges = {}): CreateLabelingJobRequest {
    const suffix = changes.task ?? 'ImageMultiClass';
    return {
      LabelingJobName: changes.name ?? `project-${++this.jobs}`,
      LabelAttributeName: changes.attribute ?? (/^(Adjustment)?SemanticSegmentation$/.test(suffix) ? 'labels-ref' : 'labels'),
      InputConfig: {
        DataSource: {
          ...(changes.manifest === undefined ? {} : { S3DataSource: { ManifestS3Uri: changes.manifest } }),
          SnsDataSource: { SnsTopicArn: this.inputTopic },
        },
      },
      OutputConfig: { S3OutputPath: `s3://${OUTPUT}/jobs/`, SnsTopicArn: this.outputTopic },
      RoleArn: 'arn:aws:iam::111122223333:role/ground-truth',
      LabelCategoryConfigS3Uri: `s3://${OUTPUT}/config/labels.json`,
      HumanTaskConfig: {
        WorkteamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team',
        UiConfig: { UiTemplateS3Uri: `s3://${OUTPUT}/config/template.html` },
        PreHumanTaskLambdaArn: `arn:aws:lambda:us-east-1:${FUNCTION_ACCOUNTS['us-east-1']}:function:PRE-${suffix}`,
        AnnotationConsolidationConfig: {
          AnnotationConsolidationLambdaArn: `arn:aws:lambda:us-east-1:${FUNCTION_ACCOUNTS['us-east-1']}:function:ACS-${suffix}`,
        },
        TaskTitle: 'Title',
        TaskDescription: 'Description',
        NumberOfHumanWorkersPerDataObject: changes.workers ?? 1,
        TaskTimeLimitInSeconds: 600,
        ...(changes.availability === undefined ? {} : { TaskAvailabilityLifetimeInSeconds: changes.availability }),
        ...(changes.concurrent === undefined ? {} : { MaxConcurrentTaskCount: changes.concurrent }),
      },
      Tags: [{ Key: 'StreamingLabelingProject', Value: 'project' }],
    };
  }
}

export interface RequestChanges {
  readonly name?: string;
  readonly attribute?: string;
  readonly manifest?: string;
  /** Suffix of the built-in functions. */
  readonly task?: string;
  readonly workers?: number;
  /** Seconds. */
  readonly availability?: number;
  readonly concurrent?: number;
}
