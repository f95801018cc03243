import { dropMetadata } from './drop-metadata';
import { NO_VERSION, isStillThere } from './replaced';
import { EVENT_TYPE, METRIC, eventHead } from '../../contract/events';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { REASON, REMEDIES, ReasonCode, isReasonCode } from '../../contract/reasons';
import { DropRecord, markPutAway } from '../ledger/drops';
import { nearDetail } from '../ledger/near-duplicates';
import { keptKeyOf } from '../ledger/requeue';
import { PutOptions } from '../ports';
import { World } from '../world';

/** What S3 copies in one call (API reference of `CopyObject`). Bytes. */
const COPY_MAX_BYTES = 5 * 1024 ** 3;

/**
 * What follows a drop's end: people are told, its bytes go where they belong, and the version leaves the inbox. Only by its
 * version, and only after a copy is known to be there. Repeated as a whole until it is marked done.
 */
export async function putAway(world: World, configuration: ProjectConfiguration, drop: DropRecord): Promise<void> {
  await tell(world, configuration, drop);
  const own = world.resources.dropBucketIsOwn && drop.bucket === world.resources.dropBucket;
  const moves = drop.state === 'QUARANTINED' || (own && drop.state !== 'WITHDRAWN');
  if (moves && (drop.size ?? 0) > COPY_MAX_BYTES) {
    world.telemetry.warn(`${drop.key} is larger than S3 copies in one call and stays where it is`, { notice: 'too-large-to-move' });
  } else if (moves) {
    await copyOut(world, drop);
    if (own && !hasLeft(drop) && await isStillThere(world, drop)) {
      await world.objects.deleteVersion(drop.bucket, drop.key, drop.versionId);
    }
  }
  await markPutAway(world.ledger, drop);
}

async function copyOut(world: World, drop: DropRecord): Promise<void> {
  const quarantined = drop.state === 'QUARANTINED';
  const to = { bucket: world.resources.inputBucket, key: keptKeyOf(drop) };
  const metadata = { ...dropMetadata(drop), ...(quarantined && drop.reason ? { reason: drop.reason } : {}) };
  const options: PutOptions = { contentType: 'application/octet-stream', metadata };
  const copied = await copyKept(world, drop, to, options)
    || (await isStillThere(world, drop) && await world.objects.copy(drop, to, options));
  if (!copied && !await world.objects.head(to.bucket, to.key)) {
    world.telemetry.warn(`the bytes of ${drop.key} were deleted by somebody else before they were put away`, { notice: 'drop-gone' });
  }
}

/** Ordered again, it left the inbox before: what lies there under its name without a version is another file. */
const hasLeft = ({ keptKey, versionId }: DropRecord): boolean => keptKey !== undefined && versionId === NO_VERSION;

/** A drop that was ordered again has left the inbox long ago: its bytes are where they were kept. */
async function copyKept(world: World, drop: DropRecord, to: { bucket: string; key: string }, options: PutOptions): Promise<boolean> {
  const bucket = world.resources.inputBucket;
  const kept = drop.keptKey === undefined ? undefined : await world.objects.head(bucket, drop.keptKey);
  return kept !== undefined && world.objects.copy({ bucket, key: drop.keptKey!, versionId: kept.versionId }, to, options);
}

async function tell(world: World, configuration: ProjectConfiguration, drop: DropRecord): Promise<void> {
  if (drop.near) {
    const { of, distance } = drop.near;
    const remedy = REMEDIES[REASON.NEAR_DUPLICATE];
    world.telemetry.count(METRIC.DROPS_NEAR_DUPLICATE, 1);
    world.telemetry.info(`held ${drop.key}: ${nearDetail(drop.near)}. ${remedy}`, { notice: 'held', reason: REASON.NEAR_DUPLICATE });
    await world.bus.publish([{
      type: EVENT_TYPE.NEAR_DUPLICATE_HELD,
      detail: { ...eventHead(configuration), key: drop.key, versionId: drop.versionId, of, distance, remedy },
    }]);
  }
  if (drop.state === 'DUPLICATE') {
    world.telemetry.count(METRIC.DROPS_DUPLICATE, 1);
  }
  if (drop.state === 'QUARANTINED') {
    world.telemetry.count(METRIC.DROPS_QUARANTINED, 1);
    const remedy = isReasonCode(drop.reason ?? '') ? REMEDIES[drop.reason as ReasonCode] : undefined;
    world.telemetry.warn(`quarantined ${drop.key}: ${drop.reason} (${drop.detail ?? ''}). ${remedy ?? ''}`.trimEnd(), { notice: 'quarantined', reason: drop.reason });
    await world.bus.publish([{
      type: EVENT_TYPE.DROP_QUARANTINED,
      detail: { ...eventHead(configuration), key: drop.key, versionId: drop.versionId, reason: drop.reason, detail: drop.detail, remedy },
    }]);
  }
}
