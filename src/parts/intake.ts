import { Duration } from 'aws-cdk-lib';
import { Code, ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { allowEvents } from './events';
import {
  LIST_BUCKET_ACTIONS, READ_OBJECT_ACTIONS, READ_OBJECT_TAGS_ACTIONS, WRITE_OBJECT_ACTIONS, WRITE_OBJECT_TAGS_ACTIONS,
} from './permissions';
import { FunctionDefaults, ProjectFunction, assetPath } from './project-function';
import { ProjectParts } from './resources';
import { PREFIX } from '../contract/environment';

export const INTAKE_TIMEOUT = Duration.minutes(5);

/** More than the four attempts after which a drop is quarantined, so that only what never got so far ends as a dead letter. */
export const INTAKE_MAX_RECEIVE_COUNT = 8;

/** Enough for some 100 drops a second, and few enough to leave the account's other functions alone. */
const MAX_CONCURRENCY = 20;

/** What makes images of drops. */
export class Intake extends Construct {
  readonly handler: ProjectFunction;
  /** sharp, which decodes and encodes images. */
  readonly sharp: ILayerVersion;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, private readonly parts: ProjectParts, controller: Controller) {
    super(scope, id);
    const { architecture } = defaults;
    this.sharp = new LayerVersion(this, 'Sharp', {
      code: Code.fromAsset(assetPath(`sharp-layer-${architecture.name}`)),
      compatibleArchitectures: [architecture],
      description: 'sharp, which decodes and encodes images',
    });
    this.handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'intake',
      description: 'Checks each drop and makes of it the images that workers label',
      timeout: INTAKE_TIMEOUT,
      memorySize: 3008,
      // one heap for each thread would keep freed memory of decoded images
      environment: { MALLOC_ARENA_MAX: '2' },
      layers: [this.sharp],
    });
    this.grantData();
    parts.ledger.grant(this.handler);
    allowEvents(this.handler);
    controller.grantWake(this.handler);
    this.handler.function.addEventSource(new SqsEventSource(parts.intakeQueue.queue, {
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    }));
  }

  private grantData(): void {
    const { storage: { dropBucket, dropBucketIsOwn, inputBucket }, dropPrefix } = this.parts;
    const drops = [dropBucket.arnForObjects(`${dropPrefix}*`)];
    const kept = [PREFIX.ORIGINALS, PREFIX.QUARANTINE].map((prefix) => inputBucket.arnForObjects(`${prefix}*`));
    const images = inputBucket.arnForObjects(`${PREFIX.IMAGES}*`);
    this.handler.allow(LIST_BUCKET_ACTIONS, [dropBucket.bucketArn, inputBucket.bucketArn]);
    this.handler.allow([...READ_OBJECT_ACTIONS, ...READ_OBJECT_TAGS_ACTIONS], drops);
    if (dropBucketIsOwn) {
      this.handler.allow(['s3:DeleteObjectVersion'], drops);
    }
    this.handler.allow(['s3:GetObject', ...WRITE_OBJECT_ACTIONS], [images, ...kept]);
    this.handler.allow(WRITE_OBJECT_TAGS_ACTIONS, kept);
    // a drop that is ordered again is read and copied from there
    this.handler.allow(['s3:GetObjectVersion', ...READ_OBJECT_TAGS_ACTIONS], [inputBucket.arnForObjects(`${PREFIX.QUARANTINE}*`)]);
  }
}
