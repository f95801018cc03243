import { DropId } from '../ledger/drops';

/** User metadata of one object may have 2 KB; a drop's key is left out of it when it would take too much. The ledger has it. */
const KEY_METADATA_MAX = 1_000;

/** What an object that was made of a drop says of it. */
export function dropMetadata({ key, versionId }: DropId): { [name: string]: string } {
  const encoded = encodeURIComponent(key);
  return { ...(encoded.length <= KEY_METADATA_MAX ? { 'drop-key': encoded } : {}), 'drop-version': versionId };
}
