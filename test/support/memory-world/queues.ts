import { CloudError, MemoryQueues } from '../../../src/local/simulator';
import { QueueDepth, Queues } from '../../../src/runtime/ports';

/** Queues of the memory cloud. */
export class MemoryQueuesPort implements Queues {
  public constructor(private readonly queues: MemoryQueues) {}

  public async depth(queueUrl: string): Promise<QueueDepth | undefined> {
    const counts = await unlessGone(() => this.queues.counts(queueUrl));
    return counts && { visible: counts.visible, inFlight: counts.inFlight, delayed: counts.delayed };
  }

  public async urlOf(name: string): Promise<string | undefined> {
    return unlessGone(() => this.queues.urlOf(name));
  }

  public async send(queueUrl: string, bodies: readonly string[], delay?: number): Promise<void> {
    for (const body of bodies) {
      await this.queues.send(queueUrl, body, { delaySeconds: delay });
    }
  }

  public async postpone(queueUrl: string, receiptHandle: string, seconds: number): Promise<void> {
    await this.queues.changeVisibility(queueUrl, receiptHandle, seconds);
  }

  public async delete(queueUrl: string): Promise<void> {
    await unlessGone(() => this.queues.deleteQueue(queueUrl));
  }
}

async function unlessGone<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CloudError && error.name === 'QueueDoesNotExist') {
      return undefined;
    }
    throw error;
  }
}
