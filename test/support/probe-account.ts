import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerProbeJobs, notificationOf } from '../../src/cli/aws/probe-account';
import { ProbeAccount, ProbeCloud, ProbeWorkshop, StackView } from '../../src/cli/probe/account';
import { GroundTruthSimulator, MemoryCloud, SimulatorOptions, SimulatorServer, VirtualClock } from '../../src/local/simulator';

export const WORK_TEAM = 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team';
const ROLE = 'arn:aws:iam::111122223333:role/probe';

interface Template {
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties: { readonly [name: string]: unknown } } };
  readonly Outputs: { readonly [id: string]: { readonly Value: string | { readonly Ref?: string } } };
}

/** An account whose labeling jobs are the simulator's, behind HTTP; all else is in memory. A person labels by answering questions. */
export class SimulatedAccount implements ProbeAccount {
  public static async start(options: Partial<SimulatorOptions> = {}): Promise<SimulatedAccount> {
    const clock = new VirtualClock('2026-03-01T08:00:00.000Z');
    const cloud = new MemoryCloud({ clock });
    const simulator = new GroundTruthSimulator(cloud, clock, options);
    return new SimulatedAccount(clock, cloud, simulator, await SimulatorServer.start({ simulator, stepEvery: 0 }));
  }

  public readonly region = 'us-east-1';
  public readonly jobs: SageMakerProbeJobs;
  public readonly workshop: ProbeWorkshop & { readonly stacks: Map<string, StackView> };
  /** What was asked. */
  public readonly questions: string[] = [];
  public readonly cloud: ProbeCloud = {
    put: async (bucket, key, body, contentType) => { await this.memory.buckets.put(bucket, key, Buffer.from(body), { contentType }); },
    read: async (bucket, key) => {
      const found = this.memory.buckets.find(bucket, key);
      return found && { text: Buffer.from(found.body).toString(), writtenAt: found.lastModified };
    },
    keys: async (bucket, prefix) => this.memory.buckets.peekKeys(bucket, prefix),
    publish: async (topic, message) => { await this.memory.topics.publish(topic, message); },
    subscriptions: async (topic) => (await this.memory.topics.listSubscriptions(topic)).map(({ endpoint, raw }) => ({ protocol: 'sqs', endpoint, raw })),
    receive: async (url) => {
      const messages = await this.memory.queues.receive(url, 10);
      await Promise.all(messages.map(({ receiptHandle }) => this.memory.queues.delete(url, receiptHandle)));
      return messages.map(({ body }) => notificationOf(body));
    },
    queueExists: async (name) => this.memory.queues.exists(name),
  };
  private readonly client: SageMakerClient;
  private open?: string;

  private constructor(
    private readonly clock: VirtualClock, public readonly memory: MemoryCloud, public readonly simulator: GroundTruthSimulator,
    private readonly server: SimulatorServer,
  ) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.client = new SageMakerClient({ endpoint: server.endpoint, region: this.region, credentials, maxAttempts: 1 });
    this.jobs = new SageMakerProbeJobs(this.client);
    this.workshop = memoryWorkshop(memory);
  }

  /** Of the labeling service. */
  public get endpoint(): string {
    return this.server.endpoint;
  }

  public readonly now = (): number => this.clock.now();

  public readonly portal = async (): Promise<string> => 'https://labeling.example.test';

  public readonly sleep = async (ms: number): Promise<void> => {
    this.clock.advance(ms);
    await this.simulator.step();
  };

  /** A worker who does what the questions say. */
  public readonly confirm = async (question: string): Promise<boolean> => {
    this.questions.push(question);
    const job = /'(probe-[^']+)'/.exec(question)?.[1];
    if (/NOT submit/.test(question)) {
      this.open = this.taskOf(job)?.taskId;
      return this.open !== undefined && this.simulator.open(this.open, 'ada').then(() => true);
    }
    if (/Submit NOW/.test(question)) {
      return this.submit(this.open).then(() => true, () => false);
    }
    return /Done\?$/.test(question) ? this.submit(this.taskOf(job)?.taskId).then(() => true) : true;
  };

  public async close(): Promise<void> {
    this.client.destroy();
    await this.server.close();
  }

  private taskOf(job: string | undefined) {
    const tasks = this.simulator.tasks().filter(({ jobName }) => jobName === job);
    // a person takes what the portal offers: there must be no choice
    expect(tasks).toHaveLength(1);
    return tasks[0] as typeof tasks[number] | undefined;
  }

  private async submit(taskId: string | undefined): Promise<void> {
    const task = this.simulator.tasks().find((one) => one.taskId === taskId);
    const digit = /(\d)\.png$/.exec(task?.sourceRef ?? '')?.[1] ?? '1';
    await this.simulator.submit(taskId ?? '', 'ada', { kind: 'classification', label: ['one', 'two', 'three'][Number(digit) - 1] });
  }
}

/** Makes of a template what the probe uses: buckets, topics, a queue with its subscription. */
function memoryWorkshop(memory: MemoryCloud): SimulatedAccount['workshop'] {
  const stacks = new Map<string, StackView>();
  return {
    stacks,
    createStack: async (name, text) => {
      const { Resources, Outputs } = JSON.parse(text) as Template;
      const made: { [id: string]: string } = {};
      const buckets: string[] = [];
      for (const [id, { Type, Properties }] of Object.entries(Resources)) {
        if (Type === 'AWS::S3::Bucket') {
          made[id] = `${name}-${id}`.toLowerCase();
          buckets.push(made[id]);
          memory.buckets.create(made[id], { versioned: false, cors: 'CorsConfiguration' in Properties });
        } else if (Type === 'AWS::SNS::Topic') {
          made[id] = await memory.topics.create(String(Properties.TopicName));
        } else if (Type === 'AWS::SQS::Queue') {
          const { url, arn } = await memory.queues.create(String(Properties.QueueName));
          made[id] = url;
          await memory.topics.subscribe(made.Topicoutput, arn);
        }
      }
      const value = (given: Template['Outputs'][string]['Value']): string => typeof given === 'string' ? given : given.Ref === undefined ? ROLE : made[given.Ref];
      stacks.set(name, {
        status: 'CREATE_COMPLETE', buckets, outputs: Object.fromEntries(Object.entries(Outputs).map(([id, { Value }]) => [id, value(Value)])),
      });
    },
    stack: async (name) => stacks.get(name),
    deleteStack: async (name) => {
      const full = stacks.get(name)?.buckets.filter((bucket) => memory.buckets.peekKeys(bucket).length > 0) ?? [];
      if (full.length > 0) {
        throw new Error(`${full.join()} is not empty`);
      }
      stacks.delete(name);
    },
    empty: async (bucket, prefix) => {
      for (const key of memory.buckets.peekKeys(bucket, prefix)) {
        await memory.buckets.delete(bucket, key);
      }
    },
    removeQueue: async (name) => {
      if (memory.queues.exists(name)) {
        await memory.queues.deleteQueue(await memory.queues.urlOf(name));
      }
    },
  };
}
