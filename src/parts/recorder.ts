import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { allowEvents } from './events';
import { FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';

export const RECORDER_TIMEOUT = Duration.minutes(1);

/** A label is tried for about an hour; what is left is a fault that somebody must see. */
export const RECORDER_MAX_RECEIVE_COUNT = 10;

const MAX_CONCURRENCY = 5;

/** What writes labels into the ledger as they come. */
export class Recorder extends Construct {
  readonly handler: ProjectFunction;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, parts: ProjectParts, controller: Controller) {
    super(scope, id);
    this.handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'recorder',
      description: 'Writes each label into the ledger as it comes',
      timeout: RECORDER_TIMEOUT,
      memorySize: 512,
    });
    parts.ledger.grant(this.handler);
    allowEvents(this.handler);
    controller.grantWake(this.handler);
    parts.stream.deliverLabels(parts.recorderQueue.queue);
    this.handler.function.addEventSource(new SqsEventSource(parts.recorderQueue.queue, {
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    }));
  }
}
