import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { RequestsOf } from './emulator-calls';
import { DEFAULT_TIMINGS, Timings } from '../../../src/contract/timings';
import { DeployedProject } from '../../../src/local/demo/project';
import { Stage } from '../../../src/local/demo/stage';
import { Aws, clientSettings } from '../../../src/local/runner';
import { requireConfiguration } from '../../../src/runtime/configuration';
import { run } from '../../../src/runtime/controller/controller';
import { EngineWatch } from '../../../src/runtime/intake/engine-health';
import { engineOf } from '../../../src/runtime/intake/engines';
import { createdObjects } from '../../../src/runtime/intake/events';
import { Intake } from '../../../src/runtime/intake/intake';
import { Recorder } from '../../../src/runtime/recorder/recorder';
import { World } from '../../../src/runtime/world';
import { BenchDrop } from '../latency/drops';
import { Calls, countedWorld } from '../scale/fake-aws';

/** Until a message came. Unit: milliseconds. */
const PATIENCE = 60_000;
/** The simulator's counters come a second late; what a run asks for that comes before them is chance. Unit: milliseconds. */
const COUNTED = 1_500;
/** What the emulator polled before it heard that it should not. Unit: milliseconds. */
const POLLED = 3_000;

/** The functions of a deployed project in this process: what they send to the emulator is counted by a middleware of their SDK clients. */
export class InProcess {
  private readonly calls = new Calls();
  private readonly world: World;
  private readonly watch: EngineWatch;
  private readonly aws: Aws;

  public constructor(private readonly stage: Stage, private readonly project: DeployedProject, timings: Partial<Timings>) {
    this.aws = stage.emulator.aws;
    const settings = clientSettings(this.aws.connection);
    const nothing = (): void => undefined;
    this.world = countedWorld({
      ledger: { table: undefined!, clock: { now: () => Date.now() }, newId: randomUUID },
      pipelines: undefined!, telemetry: { count: nothing, info: nothing, warn: nothing, error: nothing },
      timings: { ...DEFAULT_TIMINGS, ...timings }, resources: project.resources,
    }, project.resources.ledgerTable, (service) => ({
      settings: service === 'sagemaker' ? { ...settings, endpoint: stage.simulatorEndpoint } : { ...settings, forcePathStyle: true, useQueueUrlAsEndpoint: false },
      // whom it wakes is run here
      ...(service === 'lambda' ? { answer: async () => ({}) } : {}),
    }), this.calls);
    this.watch = new EngineWatch(this.world);
  }

  /** The deployed functions leave their queues alone, or work on. */
  public async takeOver(isHere: boolean): Promise<void> {
    const { EventSourceMappings = [] } = await this.aws.lambda.send(new ListEventSourceMappingsCommand({}));
    for (const { UUID } of EventSourceMappings) {
      await this.aws.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: !isHere }));
    }
    await sleep(POLLED);
  }

  /** An image on its whole way. */
  public async add(drop: BenchDrop, answerAll: () => Promise<void>): Promise<RequestsOf> {
    const { world } = this;
    const { intakeQueueUrl, recorderQueueUrl } = world.resources;
    await this.project.drop(drop);
    const dropped = await this.receive(intakeQueueUrl);
    this.calls.take();
    const configuration = await requireConfiguration(world);
    for (const object of createdObjects(dropped)) {
      await new Intake(world, configuration, engineOf(world, configuration, this.watch), this.watch).take(object);
    }
    await world.waker.wake('intake');
    const intake = this.calls.take();
    await run(world, 'intake');
    const fed = this.calls.take();
    const labeled = await this.receive(recorderQueueUrl, answerAll);
    await new Recorder(world, await requireConfiguration(world)).record(labeled);
    await world.waker.wake('label');
    const recorder = this.calls.take();
    await sleep(COUNTED);
    await run(world, 'label');
    return { Intake: sorted(intake), Controller: sorted(fed, this.calls.take()), Recorder: sorted(recorder) };
  }

  /** Its next message, which leaves the queue. What this sends is not counted. */
  private async receive(url: string, meanwhile: () => Promise<void> = async () => undefined): Promise<string> {
    for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      await meanwhile();
      const { Messages: [message] = [] } = await this.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 1 }));
      if (message) {
        await this.aws.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
        return message.Body!;
      }
    }
    throw new Error(`no message came to ${url} within ${PATIENCE / 1_000} s\n${this.stage.log(20)}`);
  }
}

function sorted(...counts: readonly ReadonlyMap<string, number>[]): { [operation: string]: number } {
  const sum: { [operation: string]: number } = {};
  counts.flatMap((one) => [...one]).forEach(([name, count]) => { sum[name] = (sum[name] ?? 0) + count; });
  return Object.fromEntries(Object.entries(sum).sort());
}
