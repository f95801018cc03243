import { createHash } from 'node:crypto';
import { OpenStretch } from '../ledger/project';
import { ObjectVersion } from '../ports';

/** A version in so many begins a stretch. */
const STRETCH_LENGTH = 512;

/** No stretch is longer, whatever its keys. */
const STRETCH_MAX = 8 * STRETCH_LENGTH;

/** Versions that follow each other in the listing, from one that begins a stretch up to the next such. */
export interface Stretch extends OpenStretch {
  /** Those that were not looked at before. */
  readonly versions: readonly ObjectVersion[];
}

/**
 * Cuts a listing into stretches. Where a stretch begins is a matter of the versions alone and not of pages, so that a new object
 * changes the stretch that it lies in and no other. The chain over all its keys and version ids says whether a stretch is what it was.
 */
export class Stretches {
  private versions: ObjectVersion[] = [];

  /** @param open the beginning of a stretch that was seen before */
  public constructor(private open: OpenStretch | undefined) {}

  /** Goes on with the listing. Answers the stretches that are complete now. */
  public add(versions: readonly ObjectVersion[]): Stretch[] {
    const complete: Stretch[] = [];
    for (const version of versions) {
      if (this.open && (begins(version) || this.open.length >= STRETCH_MAX)) {
        complete.push(...this.end());
      }
      const chain = hash(this.open?.chain ?? '', version);
      this.open = { settled: true, ...this.open, start: this.open?.start ?? chain, chain, length: (this.open?.length ?? 0) + 1 };
      this.versions.push(version);
    }
    return complete;
  }

  /** The listing is over, or goes on later: what is open, if anything. */
  public end(): Stretch[] {
    const ended = this.open ? [{ ...this.open, versions: this.versions }] : [];
    this.open = undefined;
    this.versions = [];
    return ended;
  }
}

function hash(chain: string, { key, versionId, deleteMarker }: ObjectVersion): string {
  return createHash('sha256').update(JSON.stringify([chain, key, versionId, deleteMarker])).digest('hex').slice(0, 32);
}

function begins({ key, versionId }: ObjectVersion): boolean {
  let mixed = 0x811c9dc5;
  for (const text of [key, versionId]) {
    for (let at = 0; at < text.length; at += 1) {
      mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193);
    }
  }
  return ((mixed ^ (mixed >>> 15)) >>> 0) % STRETCH_LENGTH === 0;
}
