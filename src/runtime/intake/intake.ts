import { createHash } from 'node:crypto';
import { Engine, EngineFault, EngineeredImages, GatedDrop, RejectedDropError } from './engine';
import { EngineWatch } from './engine-health';
import { CreatedObject } from './events';
import { labelHeld } from './late-labels';
import { putAway } from './put-away';
import { NO_VERSION, noteRead, noteReplaced } from './replaced';
import { StoredImages, storeImages } from './store';
import { preLabelOf, wishesOf } from './wishes';
import { lacksEarlierLabel } from '../../contract/earlier-label';
import { METRIC } from '../../contract/events';
import { ProjectConfiguration, TaskConfiguration } from '../../contract/project-configuration';
import { ReasonCode } from '../../contract/reasons';
import { isFolderMarker } from '../core/object-keys';
import { DEFAULT_INPUT_LIMITS } from '../images/gate';
import {
  DropId, DropRecord, beginAttempt, endAttempt, finishDrop, handOver, isFinished, isUnderWay, originOf, readDrop, receiveDrop, sameDrop,
} from '../ledger/drops';
import { labeledOf } from '../ledger/images';
import { Look } from '../ledger/near-duplicates';
import { NewImage, recordDrop, resumeRecording } from '../ledger/recording';
import { ObjectHead, StoredObject } from '../ports';
import { World } from '../world';

/** The fourth try that dies while decoding is not made: the drop is quarantined as it is. */
export const ATTEMPTS_MAX = 4;

/** An image that lacks the label that its task shows workers is recorded, and no job gets it. */
function withHold(task: TaskConfiguration, image: NewImage, receivedAt: number): NewImage {
  const detail = lacksEarlierLabel(task, labeledOf({ ...image, receivedAt }));
  return detail === undefined ? image : { ...image, hold: { reason: 'no-pre-label', detail } };
}

export type Taken = 'not-a-drop' | 'waiting' | 'done' | 'duplicate' | 'quarantined' | 'withdrawn';

/**
 * The way of a drop into the ledger: gate, engine, store, record. Each step may be repeated: a drop that comes again, or whose
 * earlier try died anywhere, ends as it would have ended.
 */
export class Intake {
  constructor(
    private readonly world: World, private readonly configuration: ProjectConfiguration, private readonly engine: Engine,
    private readonly watch = new EngineWatch(world),
  ) {}

  /** Takes in one object that was created in the drop bucket. */
  async take(object: CreatedObject): Promise<Taken> {
    if (!object.isOrdered && !this.isInInbox(object)) {
      return 'not-a-drop';
    }
    const again = object.isOrdered ? await this.orderedAgain(object) : undefined;
    if (again) {
      return this.goOn(again.drop, again.size);
    }
    const head = await this.world.objects.head(object.bucket, object.key, object.versionId);
    if (!head) {
      return this.withdraw(object);
    }
    if (isFolderMarker(object.key, head.size)) {
      return 'not-a-drop';
    }
    const id: DropId = { bucket: object.bucket, key: object.key, versionId: head.versionId };
    const known = await readDrop(this.world.ledger, id);
    if (known) {
      return this.goOn(await noteReplaced(this.world, known, head), head.size);
    }
    this.world.telemetry.count(METRIC.DROPS_RECEIVED, 1);
    return this.goOn(await this.receive(id, head), head.size);
  }

  private async goOn(drop: DropRecord, size: number): Promise<Taken> {
    const { ledger, timings } = this.world;
    if (isUnderWay(drop, ledger.clock.now(), timings)) {
      // Another message's try, which must not be counted as one that died. Should it die, its own message comes again.
      return 'waiting';
    }
    return this.end(await this.decided(drop) ?? await this.engineer(drop, size));
  }

  /**
   * A drop that was ordered again, and how large its copy is. Where it has one, the bucket that it came from is not asked: that may be
   * closed to us by now, or hold another file under its name.
   */
  private async orderedAgain({ bucket, key, versionId }: CreatedObject): Promise<{ drop: DropRecord; size: number } | undefined> {
    const drop = versionId === undefined ? undefined : await readDrop(this.world.ledger, { bucket, key, versionId });
    if (drop?.keptKey === undefined) {
      return undefined;
    }
    if (isFinished(drop)) {
      return { drop, size: drop.size ?? 0 };
    }
    const copy = await this.world.objects.head(this.world.resources.inputBucket, drop.keptKey);
    return copy && { drop, size: copy.size };
  }

  private async receive(id: DropId, { size, etag, metadata }: ObjectHead): Promise<DropRecord> {
    const { warning, ...wishes } = wishesOf(metadata);
    if (warning !== undefined) {
      this.world.telemetry.warn(warning, { notice: 'drop-warning', key: id.key });
    }
    return receiveDrop(this.world.ledger, id, size, { ...wishes, ...(id.versionId === NO_VERSION ? { etag } : {}) });
  }

  private isInInbox({ bucket, key }: CreatedObject): boolean {
    const { dropBucket, dropPrefix } = this.world.resources;
    return bucket === dropBucket && key.startsWith(dropPrefix);
  }

  /** The second half for an asynchronous engine: its images. */
  async complete(id: DropId, sha256: string, images: EngineeredImages): Promise<Taken> {
    const drop = await readDrop(this.world.ledger, id);
    if (!drop) {
      throw new Error(`an engine finished drop ${id.key} version ${id.versionId}, which the ledger does not know`);
    }
    return this.end(await this.decided(drop) ?? await this.make({ ...drop, sha256 }, images));
  }

  /** The second half, where there is nothing to be made of it. */
  async refuse(id: DropId, reason: ReasonCode, detail: string): Promise<Taken> {
    return this.end(await finishDrop(this.world.ledger, id, { state: 'QUARANTINED', reason, detail }));
  }

  /** The drop at its end, if it is written down already what becomes of it. */
  private async decided(drop: DropRecord): Promise<DropRecord | undefined> {
    return isFinished(drop) ? drop : drop.list ? resumeRecording(this.world.ledger, drop) : undefined;
  }

  /** Deleted before we came to it. A version that we finished ourselves is not withdrawn. */
  private async withdraw(object: CreatedObject): Promise<Taken> {
    if (object.versionId === undefined) {
      return 'withdrawn';
    }
    const id: DropId = { bucket: object.bucket, key: object.key, versionId: object.versionId };
    const known = await readDrop(this.world.ledger, id);
    const decided = known && await this.decided(known);
    if (decided) {
      return this.end(decided);
    }
    if (known?.keptKey !== undefined) {
      // Ordered again, it is read from where it was kept.
      return this.goOn(known, known.size ?? 0);
    }
    await receiveDrop(this.world.ledger, id);
    return this.end(await finishDrop(this.world.ledger, id, { state: 'WITHDRAWN', reason: 'deleted before it was read' }));
  }

  private async engineer(drop: DropRecord, size: number): Promise<DropRecord> {
    if (drop.attempts >= ATTEMPTS_MAX - 1) {
      return this.quarantine(drop, 'processor-crash', `${drop.attempts} tries died while decoding it`);
    }
    if (size > DEFAULT_INPUT_LIMITS.maxFileBytes) {
      return this.quarantine(drop, 'too-large-file', `the file has ${size} bytes; ${DEFAULT_INPUT_LIMITS.maxFileBytes} are allowed`);
    }
    const object = await this.bytesOf(drop);
    if (!object) {
      return finishDrop(this.world.ledger, drop, { state: 'WITHDRAWN', reason: 'deleted before it was read' });
    }
    if (!object.source) {
      await noteRead(this.world, drop, object);
    }
    const sha256 = createHash('sha256').update(object.body).digest('hex');
    const origin = await originOf(this.world.ledger, sha256);
    if (origin) {
      // Somebody has recorded this content: this drop itself in an earlier try, or another one, whose duplicate it is.
      if (sameDrop(origin, drop)) {
        return recordDrop(this.world.ledger, drop, sha256, []);
      }
      await labelHeld(this.world, this.configuration.task, origin, drop);
      return finishDrop(this.world.ledger, drop, { state: 'DUPLICATE', reason: `s3://${origin.bucket}/${origin.key}`, sha256 });
    }
    return this.decode(drop, object, sha256);
  }

  private async bytesOf(drop: DropRecord): Promise<StoredObject & Pick<GatedDrop, 'source'> | undefined> {
    const { objects, resources } = this.world;
    const source = drop.keptKey === undefined ? undefined : { bucket: resources.inputBucket, key: drop.keptKey };
    const kept = source && await objects.get(source.bucket, source.key);
    return kept ? { ...kept, source } : objects.get(drop.bucket, drop.key, drop.versionId);
  }

  private async decode(drop: DropRecord, { body, source }: Pick<StoredObject, 'body'> & Pick<GatedDrop, 'source'>, sha256: string): Promise<DropRecord> {
    const gated = this.engine.gate(body);
    if (!gated.ok) {
      return this.quarantine(drop, gated.reason, gated.detail, sha256);
    }
    const preLabel = preLabelOf(drop, this.configuration.task);
    if (preLabel.problem !== undefined) {
      return this.quarantine(drop, 'bad-pre-label', preLabel.problem, sha256);
    }
    await beginAttempt(this.world.ledger, drop);
    try {
      return await this.engineerGated(drop, { ...drop, bytes: body, source, sha256, preLabel: preLabel.value });
    } catch (error) {
      // It came back: whatever is at fault, the drop did not kill the process.
      await endAttempt(this.world.ledger, drop);
      if (error instanceof EngineFault) {
        return this.quarantine(drop, error.reason, await this.watch.blame(this.configuration, drop, error), sha256);
      }
      throw error;
    }
  }

  private async engineerGated(drop: DropRecord, gated: GatedDrop): Promise<DropRecord> {
    const made = await this.engine.engineer(gated);
    if (made.kind === 'rejected') {
      return this.quarantine(drop, made.reason, made.detail, gated.sha256);
    }
    if (made.kind === 'started') {
      const { ledger, timings } = this.world;
      return handOver(ledger, drop, ledger.clock.now() + timings.engineeringPatience, { sha256: gated.sha256, header: made.header });
    }
    return this.make({ ...drop, sha256: gated.sha256 }, made.images);
  }

  /** All images of a drop are stored before the first one is recorded: what is recorded can be shown to workers. */
  private async make(drop: DropRecord & { readonly sha256: string }, images: EngineeredImages): Promise<DropRecord> {
    const preLabel = preLabelOf(drop, this.configuration.task);
    if (preLabel.problem !== undefined) {
      // The labels may have changed since an engine began to work by itself.
      return this.quarantine(drop, 'bad-pre-label', preLabel.problem, drop.sha256);
    }
    try {
      // Decoding is over with the last image: what fails from there on must not be charged to the drop.
      const storing = { ...drop, preLabel: preLabel.value };
      const stored = await storeImages(this.world, storing, images, () => endAttempt(this.world.ledger, drop));
      const made = stored.images.map((image) => withHold(this.configuration.task, image, drop.receivedAt));
      if (made.length === 0) {
        return await this.quarantine(drop, 'no-output', 'feature engineering made no image of it', drop.sha256);
      }
      const recorded = await recordDrop(this.world.ledger, drop, drop.sha256, made, this.look(stored));
      this.world.telemetry.count(METRIC.IMAGES_HELD, recorded.near ? made.length : made.filter(({ hold }) => hold).length);
      return recorded;
    } catch (error) {
      if (error instanceof RejectedDropError) {
        return this.quarantine(drop, error.reason, error.detail, drop.sha256);
      }
      throw error;
    }
  }

  private look({ perceptualHash: hash }: StoredImages): Look | undefined {
    const { featureEngineering } = this.configuration;
    const hold = 'nearDuplicates' in featureEngineering ? featureEngineering.nearDuplicates : undefined;
    return hash === undefined || hold === undefined ? undefined : { hash, maxDistance: hold.maxDistance };
  }

  private async quarantine(drop: DropRecord, reason: Parameters<typeof finishDrop>[2]['reason'], detail: string, sha256?: string): Promise<DropRecord> {
    return finishDrop(this.world.ledger, drop, { state: 'QUARANTINED', reason, detail, sha256 });
  }

  private async end(drop: DropRecord): Promise<Taken> {
    if (!isFinished(drop)) {
      return 'waiting';
    }
    if (!drop.putAway) {
      await putAway(this.world, this.configuration, drop);
    }
    return drop.state.toLowerCase() as Taken;
  }
}
