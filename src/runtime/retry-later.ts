import { Queues } from './ports';

/** SQS delays a new message by so much at most. Seconds. */
const DELAY_MAX = 900;

/** Thrown where a drop is worth another try, not before some time. */
export class RetryLaterError extends Error {
  /**
   * @param after unit: milliseconds
   * @param isTold whether an alert stands that says why: then it may wait for ever
   */
  constructor(readonly after: number, message: string, readonly isTold = false) {
    super(message);
    this.name = 'RetryLaterError';
  }

  get seconds(): number {
    return Math.min(DELAY_MAX, Math.ceil(this.after / 1_000));
  }
}

/**
 * Does the work of a message. If that has to wait and an alert says why, a new message takes its place: neither the dead-letter queue
 * nor the queue's retention ends the waiting.
 */
export async function orWait(queues: Queues, queueUrl: string, body: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RetryLaterError) || !error.isTold) {
      throw error;
    }
    await queues.send(queueUrl, [body], error.seconds);
  }
}
