import { randomBytes } from 'node:crypto';
import { ProbeAccount, StackView } from './account';
import { stackTemplate, topicId } from './stack-template';
import { CommandError, usageError } from '../errors';

/** What the user brings; what is missing is made. */
export interface Brought {
  readonly workTeam: string;
  readonly role?: string;
  /** With CORS, so that workers' browsers may load its images. Only keys below the probe's own prefix are touched. */
  readonly bucket?: string;
  readonly bucketWithoutCors?: string;
}

/** Where a probe works. */
export interface Stage {
  /** All that is made is named by it. */
  readonly id: string;
  readonly partition: string;
  readonly workTeam: string;
  readonly roleArn: string;
  readonly bucket: string;
  readonly bucketWithoutCors: string;
  /** Of every key. */
  readonly prefix: string;
  /** One input topic for each job that objects are sent to, so that no job gets another's. */
  readonly topics: { readonly [topic in TopicName]: string };
  readonly queueUrl: string;
}

export const TOPICS = ['main', 'trials', 'pair', 'idle', 'output'] as const;
export type TopicName = typeof TOPICS[number];

/** A job of the probe. `Main` has a capital, to see how ARNs spell it. */
export const JOBS = ['Main', 'trials', 'pair', 'brief', 'idle', 'empty', 'dollar'] as const;
export type JobName = typeof JOBS[number];

const ID = /^probe-[0-9a-f]{8}$/;
const WORK_TEAM = /^arn:(aws[a-z-]*):sagemaker:([a-z0-9-]+):(\d{12}):workteam\/(private-crowd|vendor-crowd)\/.+$/;

/** Stacks take a minute or two. */
const STACK_PATIENCE = 15 * 60_000;
const LOOK_EVERY = 5_000;

export function newId(): string {
  return `probe-${randomBytes(4).toString('hex')}`;
}

export function assertId(id: string): void {
  if (!ID.test(id)) {
    throw usageError(`'${id}' is not the id of a probe`, 'It is probe- and eight hexadecimal digits; the probe writes it when it starts.');
  }
}

/** The parts of a work team's ARN that others are made with. */
export function placeOf(workTeam: string): { readonly partition: string; readonly region: string; readonly account: string } {
  const [, partition, region, account] = WORK_TEAM.exec(workTeam) ?? [];
  if (account === undefined) {
    throw usageError(`'${workTeam}' is not the ARN of a private or vendor work team`, 'It looks like arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME.');
  }
  return { partition, region, account };
}

export const jobNameOf = (id: string, job: JobName): string => `${id}-${job}`;
export const groundTruthQueue = (jobName: string): string => `GroundTruth-${jobName.toLowerCase()}`;

/** Makes what is missing, and waits for it. */
export async function setUp(
  account: ProbeAccount, id: string, brought: Brought, tell: (message: string) => void, sleep: (ms: number) => Promise<void>,
): Promise<Stage> {
  tell(`Making the stack ${id} ...`);
  await account.workshop.createStack(id, JSON.stringify(stackTemplate(id, brought)));
  const { outputs } = await untilStack(account, id, sleep, (view) => view?.status === 'CREATE_COMPLETE');
  return {
    id, workTeam: brought.workTeam, partition: placeOf(brought.workTeam).partition, prefix: `${id}/`,
    roleArn: outputs.RoleArn, bucket: outputs.Bucket, bucketWithoutCors: outputs.BucketWithoutCors, queueUrl: outputs.QueueUrl,
    topics: Object.fromEntries(TOPICS.map((topic) => [topic, outputs[topicId(topic)]])) as Stage['topics'],
  };
}

/** Waits until a stack is as wanted; fails as soon as it cannot become so. */
export async function untilStack(
  { workshop, now }: Pick<ProbeAccount, 'workshop' | 'now'>, id: string, sleep: (ms: number) => Promise<void>,
  wanted: (view: StackView | undefined) => boolean,
): Promise<StackView> {
  const started = now();
  for (;;) {
    const view = await workshop.stack(id);
    if (wanted(view)) {
      return view ?? { status: 'DELETE_COMPLETE', outputs: {}, buckets: [] };
    }
    if (view === undefined || /FAILED|ROLLBACK/.test(view.status) || now() - started > STACK_PATIENCE) {
      throw new CommandError(`the stack ${id} is ${view?.status ?? 'not there'}: ${view?.reason ?? 'no reason is given'}`, 'Its events in CloudFormation say more.');
    }
    await sleep(LOOK_EVERY);
  }
}
