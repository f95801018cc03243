import type { SQSBatchResponse } from 'aws-lambda';
import { expectConservation } from './conservation';
import { CONTEXT, batch, useProject } from './handler-world';
import { MemoryProject, MemoryProjectOptions } from './memory-project';
import { Status } from '../../src/contract/operator';
import { ControllerEvent, handler as controller } from '../../src/runtime/controller/controller.lambda';
import { handler as intake } from '../../src/runtime/intake/intake.lambda';
import { Item } from '../../src/runtime/ports';
import { handler as recorder } from '../../src/runtime/recorder/recorder.lambda';
import { ihdr, rawPng } from '../runtime/images/samples';

jest.mock('../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('./handler-world')>('./handler-world').mockedWorld(),
}));

type QueueFunction = (event: ReturnType<typeof batch>, context: typeof CONTEXT) => Promise<SQSBatchResponse>;

/** A small whole PNG; each number gives another one. */
export function picture(number: number): Buffer {
  const rows = Buffer.alloc(8 * 9);
  rows.writeUInt32BE(number, 1);
  return rawPng(ihdr(8, 8, 8, 0), rows);
}

/** How a project ended: what was paid for, and what the ledger says. Each line names a drop. */
export interface Ending {
  /** One line for each answer of a worker, by the simulator's bill. */
  readonly paid: readonly string[];
  /** One line for each image, with its state. */
  readonly images: readonly string[];
  /** One line for each version of a drop, with its state and, where it has one, the reason. */
  readonly drops: readonly string[];
}

/** A whole project in memory that is entered as AWS enters it, by the handlers of its functions alone, with the engines that they have. */
export class HandledProject extends MemoryProject {
  public static override async create(options: MemoryProjectOptions = {}): Promise<HandledProject> {
    return await super.create(options) as HandledProject;
  }

  /** The intake function is called with what its queue has: so many calls at once, each with a batch of at most so many messages. */
  public async takeIn(calls = 1, messages = 10): Promise<void> {
    await this.empty(this.world.resources.intakeQueueUrl, intake, calls, messages);
  }

  public async takeLabels(): Promise<void> {
    await this.empty(this.world.resources.recorderQueueUrl, recorder);
  }

  /** The controller function is called: by its schedule, unless another event is given. */
  public async wake(event: ControllerEvent = { cause: 'schedule' }): Promise<readonly string[] | Status> {
    useProject(this);
    return await controller(event) as readonly string[] | Status;
  }

  public ending(): Ending {
    const items = [...this.outside.table.items()];
    const images = items.filter((item) => item.sk === 'IMAGE');
    const name = (item: Item | undefined): string => String((item?.provenance as { 'drop-key'?: string } | undefined)?.['drop-key']);
    const ownJobs = `${this.configuration.projectName}-${this.configuration.chainId}-`;
    return {
      paid: this.simulator.bill().filter(({ jobName }) => jobName.startsWith(ownJobs))
        .map(({ sourceRef }) => name(images.find((item) => item.sourceRef === sourceRef))).sort(),
      images: images.map((item) => `${name(item)} ${String(item.state)}`).sort(),
      drops: items.filter((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#'))
        .map((item) => [item.key, item.state, ...(item.state === 'QUARANTINED' ? [item.reason] : [])].join(' ')).sort(),
    };
  }

  protected override async work(): Promise<readonly string[]> {
    await this.takeIn();
    await this.takeLabels();
    return await this.wake() as readonly string[];
  }

  /** Batches as Lambda makes them; what failed alone stays in the queue. */
  private async empty(url: string, handler: QueueFunction, calls = 1, size = 10): Promise<void> {
    const { queues } = this.outside.cloud;
    for (;;) {
      const batches = [];
      for (let call = 0; call < calls; call += 1) {
        batches.push(await queues.receive(url, size));
      }
      const full = batches.filter((messages) => messages.length > 0);
      if (full.length === 0) {
        return;
      }
      useProject(this);
      await Promise.all(full.map(async (messages) => {
        const response = await handler(batch(...messages.map(({ body, receiveCount }) => [body, receiveCount] as const)), CONTEXT);
        const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const [index, { receiptHandle }] of messages.entries()) {
          if (!failed.has(`m${index}`)) {
            await queues.delete(url, receiptHandle);
          }
        }
      }));
    }
  }
}

/** Every drop was paid for once, is labeled in the ledger, and is a line of the data set; the inbox is empty. */
export function expectAllLabeledOnce(project: HandledProject, keys: readonly string[]): void {
  const sorted = [...keys].sort();
  expect(project.ending()).toEqual({
    paid: sorted, images: sorted.map((key) => `${key} LABELED`), drops: sorted.map((key) => `${key} DONE`),
  });
  expect([project.lost(), project.double(), project.dataSet().length]).toEqual([[], 0, keys.length]);
  expect(project.outside.cloud.buckets.peekKeys(project.world.resources.dropBucket)).toEqual([]);
  expectConservation(project.outside.table);
}
