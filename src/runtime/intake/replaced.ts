import { createHash } from 'node:crypto';
import { DEFAULT_INPUT_LIMITS } from '../images/gate';
import { DropRecord, isDecided, originOf, updateDrop } from '../ledger/drops';
import { alertInstead } from '../ledger/project';
import { ObjectHead } from '../ports';
import { World } from '../world';

/** What S3 calls the version of an object that has none. */
export const NO_VERSION = 'null';

/**
 * In a bucket without versions a file that takes the name of another one cannot be told from it in the ledger: it is not taken in, and
 * people are told. What lies there is compared by its ETag, which is another one for another upload, and then by its content: the same
 * file again, and one whose content is known, are no loss.
 *
 * @param head what bears the drop's name now
 */
export async function noteReplaced(world: World, drop: DropRecord, head: ObjectHead): Promise<DropRecord> {
  if (drop.versionId !== NO_VERSION || head.etag === drop.etag || head.etag === drop.replacedBy || !await isAnother(world, drop, head)) {
    return drop;
  }
  return tell(world, drop, ({ replacedBy }) => replacedBy === head.etag ? undefined : { replacedBy: head.etag }, 'another file bears its name now');
}

/** The drop stands for the bytes that were read. If others were received, these are gone, and people are told. */
export async function noteRead(world: World, drop: DropRecord, { etag }: Pick<ObjectHead, 'etag'>): Promise<void> {
  if (drop.versionId !== NO_VERSION || drop.etag === undefined || drop.etag === etag) {
    return;
  }
  const change = (before: DropRecord): Partial<DropRecord> | undefined => isDecided(before) || before.etag === etag ? undefined : { etag };
  const detail = 'what was read bears its name in place of what was received, which is gone';
  await (drop.replacedBy === etag ? updateDrop(world.ledger, drop, 'read', change, {}, detail) : tell(world, drop, change, detail));
}

/** Whether the bytes that the drop stands for still lie where they were dropped, as far as can be told. */
export async function isStillThere({ objects }: Pick<World, 'objects'>, drop: DropRecord): Promise<boolean> {
  if (drop.versionId !== NO_VERSION || drop.etag === undefined) {
    return true;
  }
  const head = await objects.head(drop.bucket, drop.key, drop.versionId);
  return head === undefined || head.etag === drop.etag;
}

async function isAnother({ objects, ledger }: World, drop: DropRecord, head: ObjectHead): Promise<boolean> {
  if (drop.sha256 === undefined) {
    // Nobody knows what it held. What was withdrawn was gone; of a drop from before ETags were kept nothing can be said.
    return drop.state === 'WITHDRAWN' || drop.etag !== undefined;
  }
  if (head.size > DEFAULT_INPUT_LIMITS.maxFileBytes) {
    return true;
  }
  const object = await objects.get(drop.bucket, drop.key, drop.versionId);
  const sha256 = object && createHash('sha256').update(object.body).digest('hex');
  return sha256 !== undefined && sha256 !== drop.sha256 && !await originOf(ledger, sha256);
}

/** In one transaction with what is written down of it: whoever dies cannot leave a file behind that nobody is told of. */
async function tell(
  world: World, drop: DropRecord, change: (before: DropRecord) => Partial<DropRecord> | undefined, detail: string,
): Promise<DropRecord> {
  const message = `a file took the name of another one, and bucket ${drop.bucket} keeps no versions: only one of the two is taken in, as \`explain\` shows. `
    + `Turn versioning on, and drop the other one again. The last such file: ${drop.key}`;
  const told = await updateDrop(
    world.ledger, drop, 'replaced', change, {}, detail, [alertInstead('replaced-drop', message, world.ledger.clock.now())],
  );
  world.telemetry.error(message, { notice: 'replaced-drop', key: drop.key });
  return told;
}
