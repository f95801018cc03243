import { Account } from './account';
import { isEnded } from '../../src/contract/job-status';

const BUCKET = 'neighbour';
/** How its jobs' names begin. ARNs may or may not keep the capital. */
const NAME = 'My-';
/** Its tasks at once. */
const TASKS_MAX = 4;
/** Longer than an object waits for workers who have others: those that wait behind expire unseen. Seconds. */
const LIFETIME = 25 * 86_400;
const LABELS = JSON.stringify({ 'document-version': '2018-11-28', 'labels': [{ label: 'x' }, { label: 'y' }] });

/** First lines of the neighbour's manifests: none, one with a `$` key, one with an image that comes through the topic too. */
const MANIFESTS = [
  '',
  `${JSON.stringify({ 'source-ref': `s3://${BUCKET}/a.jpg`, '$id': 1 })}\n`,
  `${JSON.stringify({ 'source-ref': `s3://${BUCKET}/a.jpg` })}\n`,
];

/** Somebody else in the account: its jobs take the account's quota, and its names contain the projects' names. */
export class Neighbour {
  private topic?: string;
  private jobs = 0;
  private sent = 0;

  public constructor(private readonly account: Account) {}

  public async act(what: number): Promise<void> {
    if (what % 4 === 3) {
      await this.end();
    }
    if (this.living().length > 0) {
      await this.send(what);
    } else {
      // two that listen to one topic; what is sent to a job that begins is lost
      await this.start(what);
      await this.start(what + 1);
    }
    await this.look();
  }

  public async leave(): Promise<void> {
    await this.look();
    await this.end();
  }

  private async end(): Promise<void> {
    for (const name of this.living()) {
      await this.account.simulator.fail(name);
    }
  }

  private living(): string[] {
    return this.account.simulator.jobs()
      .filter(({ LabelingJobName: name, LabelingJobStatus: status }) => name.startsWith(NAME) && !isEnded(status))
      .map(({ LabelingJobName: name }) => name);
  }

  private async start(what: number): Promise<void> {
    const { cloud, simulator, tally, trace } = this.account;
    cloud.buckets.create(BUCKET);
    this.topic ??= await cloud.topics.create('neighbour');
    this.jobs += 1;
    const manifest = `in-${this.jobs}.manifest`;
    for (const [key, body] of [[manifest, MANIFESTS[what % MANIFESTS.length]], ['a.jpg', 'a'], ['labels.json', LABELS], ['page.html', PAGE]]) {
      await cloud.buckets.put(BUCKET, key, body);
    }
    await simulator.createLabelingJob({
      LabelingJobName: `${NAME}froth-0a1b2c3d-${this.jobs}`,
      LabelAttributeName: 'label',
      InputConfig: { DataSource: { SnsDataSource: { SnsTopicArn: this.topic }, S3DataSource: { ManifestS3Uri: `s3://${BUCKET}/${manifest}` } } },
      OutputConfig: { S3OutputPath: `s3://${BUCKET}/out/` },
      RoleArn: 'arn:aws:iam::111122223333:role/neighbour',
      LabelCategoryConfigS3Uri: `s3://${BUCKET}/labels.json`,
      HumanTaskConfig: {
        WorkteamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team',
        UiConfig: { UiTemplateS3Uri: `s3://${BUCKET}/page.html` },
        PreHumanTaskLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:PRE-ImageMultiClass',
        TaskTitle: 'Mine', TaskDescription: 'Mine', NumberOfHumanWorkersPerDataObject: 1, TaskTimeLimitInSeconds: 600, MaxConcurrentTaskCount: TASKS_MAX,
        TaskAvailabilityLifetimeInSeconds: LIFETIME,
        AnnotationConsolidationConfig: { AnnotationConsolidationLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:ACS-ImageMultiClass' },
      },
    }).then(() => tally.fault('neighbour-takes-a-job'), (error: Error) => trace.note('neighbour', () => error.name));
  }

  /** One that both jobs get and former ones had, one with an id that is no URI, and the image of a manifest; or more than workers take. */
  private async send(what: number): Promise<void> {
    const { cloud, tally } = this.account;
    tally.fault('neighbour-sends-images');
    const line = (id: string): string => JSON.stringify({ 'source-ref': `s3://${BUCKET}/a.jpg`, 'dataset-objectid-attribute-name': 'my-id', 'my-id': id });
    const plain = JSON.stringify({ 'source-ref': `s3://${BUCKET}/a.jpg` });
    const bodies = what % 2 === 0
      ? [line(`s3://${BUCKET}/always`), line(`number ${this.sent}`), plain]
      : Array.from({ length: TASKS_MAX }, () => plain);
    this.sent += 1;
    for (const body of bodies) {
      await cloud.topics.publish(this.topic!, body);
    }
  }

  /** Lists the account's jobs and looks at its own. */
  private async look(): Promise<void> {
    const { simulator, trace } = this.account;
    const { LabelingJobSummaryList: jobs } = await simulator.listLabelingJobs({ MaxResults: 100, SortOrder: 'Descending' });
    trace.note('list', () => jobs.map(({ LabelingJobArn: arn }) => arn).join());
    const own = jobs.filter(({ LabelingJobName: name }) => name.startsWith(NAME));
    for (const { LabelingJobName: name, LabelCounters: counters, LabelingJobStatus: status } of own) {
      trace.note(name, () => [counters, status]);
    }
  }
}

const PAGE = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-image-classifier '
  + 'name="crowd-image-classifier" src="{{ task.input.taskObject | grant_read_access }}" header="h" '
  + 'categories="{{ task.input.labels | to_json | escape }}"><full-instructions header="i">x</full-instructions>'
  + '<short-instructions>x</short-instructions></crowd-image-classifier></crowd-form>';
