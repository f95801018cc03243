import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageOf } from '../errors';
import { Telemetry } from '../ports';

const received = (record: SQSRecord): number => Number(record.attributes?.ApproximateReceiveCount ?? 1);

/**
 * Works through a batch of queue messages, one after the other; failed ones alone go back to the queue. Messages that came
 * before go last: should one of them kill the process, the new ones are done.
 */
export async function workThrough(
  event: SQSEvent, context: Context, telemetry: Telemetry, work: (body: string) => Promise<void>,
  failed: (record: SQSRecord, error: unknown) => Promise<void> = async () => undefined,
): Promise<SQSBatchResponse> {
  const records = [...event.Records].sort((a, b) => received(a) - received(b));
  const workOn = async (record: SQSRecord): Promise<void> => {
    try {
      await work(record.body);
    } catch (error) {
      telemetry.error(`a message goes back to its queue: ${messageOf(error)}`, { notice: 'message-failed', messageId: record.messageId });
      // where this fails, the message waits as long as the queue says
      await failed(record, error).catch(() => undefined);
      throw error;
    }
  };
  return processPartialResponse({ ...event, Records: records }, workOn, new BatchProcessor(EventType.SQS), {
    context, processInParallel: false, throwOnFullBatchFailure: false,
  });
}
