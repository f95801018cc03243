import type { Context, SQSEvent } from 'aws-lambda';
import { MemoryProject } from './memory-project';
import { World } from '../../src/runtime/world';

type HandlerWorld = World & { telemetry: { flush(): void } };

let current: HandlerWorld | undefined;

/** How often the telemetry was flushed. */
export let flushes = 0;

/** Handlers that are loaded with `awsWorld` mocked by this work in the project given last. */
export function useProject(project: MemoryProject): void {
  flushes = 0;
  const telemetry = Object.assign(project.outside.telemetry, { flush: () => { flushes += 1; } });
  current = { ...project.world, telemetry };
}

/** Stands in for `awsWorld`: whatever is asked of it, it asks the present project. */
export function mockedWorld(): HandlerWorld {
  return new Proxy({} as HandlerWorld, { get: (_target, name) => current?.[name as keyof HandlerWorld] });
}

export const CONTEXT = { functionName: 'test', getRemainingTimeInMillis: () => 300_000 } as Context;

/** A batch of queue messages as Lambda hands it over; a number before the body says how often it was received. */
export function batch(...bodies: (string | readonly [string, number])[]): SQSEvent {
  return {
    Records: bodies.map((given, index) => {
      const [body, received] = typeof given === 'string' ? [given, 1] : given;
      return {
        messageId: `m${index}`, receiptHandle: `r${index}`, body, md5OfBody: '', eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:queue',
        awsRegion: 'us-east-1', messageAttributes: {},
        attributes: { ApproximateReceiveCount: String(received), SentTimestamp: '0', SenderId: 'x', ApproximateFirstReceiveTimestamp: '0' },
      };
    }),
  };
}
