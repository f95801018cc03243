import { Duration } from 'aws-cdk-lib';
import { ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { allowEvents } from './events';
import { HookFunction, grantHook } from './hook-function';
import { grantIntakeData } from './intake-data';
import { DECODING, FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { sharpLayerProps } from './sharp-layer';
import { ENVIRONMENT } from '../contract/environment';

export const INTAKE_TIMEOUT = Duration.minutes(5);

/** More than the four attempts after which a drop is quarantined, so that only what never got so far ends as a dead letter. */
export const INTAKE_MAX_RECEIVE_COUNT = 8;

/** Enough for some 100 drops a second, and few enough to leave the account's other functions alone. */
export const MAX_CONCURRENCY = 20;

/** What makes images of drops. */
export class Intake extends Construct {
  readonly handler: ProjectFunction;
  /** sharp, which decodes and encodes images. */
  readonly sharp: ILayerVersion;

  /** @param hook the function that makes the images, where the user has one */
  constructor(
    scope: Construct, id: string, defaults: FunctionDefaults, parts: ProjectParts, controller: Controller,
    hook?: HookFunction,
  ) {
    super(scope, id);
    const { architecture } = defaults;
    this.sharp = new LayerVersion(this, 'Sharp', sharpLayerProps(architecture));
    this.handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'intake',
      description: 'Checks each drop and makes of it the images that workers label',
      timeout: INTAKE_TIMEOUT,
      ...DECODING,
      environment: { ...DECODING.environment, ...hookEnvironment(hook) },
      layers: [this.sharp],
    });
    grantIntakeData(this.handler, parts);
    parts.ledger.grant(this.handler);
    allowEvents(this.handler);
    controller.grantWake(this.handler);
    this.handler.function.addEventSource(new SqsEventSource(parts.intakeQueue.queue, {
      // a function of the user's may take minutes for each drop
      batchSize: hook === undefined ? 10 : 1,
      reportBatchItemFailures: true,
      maxConcurrency: hook?.maxConcurrency ?? MAX_CONCURRENCY,
    }));
    if (hook !== undefined) {
      grantHook(hook, this.handler, parts.storage, parts.dropPrefix);
      parts.storage.expireStaged();
      // a message that has to wait for long is put into the queue anew
      this.handler.allow(['sqs:SendMessage'], [parts.intakeQueue.queue.queueArn]);
    }
  }
}

function hookEnvironment(hook: HookFunction | undefined): { readonly [name: string]: string } {
  return hook === undefined ? {} : { [ENVIRONMENT.HOOK_FUNCTION]: hook.function.functionArn };
}
