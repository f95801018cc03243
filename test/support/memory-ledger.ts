import { createHash } from 'node:crypto';
import { expectConservation } from './conservation';
import { VirtualClock } from '../../src/local/simulator';
import { Ledger } from '../../src/runtime/ledger/context';
import { DropId, receiveDrop } from '../../src/runtime/ledger/drops';
import { FeedLimits, claim, markSent } from '../../src/runtime/ledger/feeding';
import { ImageRecord, readImage } from '../../src/runtime/ledger/images';
import { JobRecord, jobItem } from '../../src/runtime/ledger/jobs';
import { NewImage, recordDrop } from '../../src/runtime/ledger/recording';
import { Verdict } from '../../src/runtime/ledger/returning';
import { MemoryTable, MemoryTableOptions } from '../../src/runtime/memory/memory-table';
import { JobRequest } from '../../src/runtime/ports';

export const NO_LIMIT: FeedLimits = { count: 1_000, fresh: 1_000, day: '2026-01-05', sameDay: true };

export const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** What failed is held against the images. */
export const IMAGES_ARE_BLAMED: Verdict = { blame: 'images', failed: 1, unnamed: false, endedAt: 0 };

/** A ledger in memory with nothing around it. */
export class MemoryLedger implements Ledger {
  public readonly clock = new VirtualClock('2026-01-05T08:00:00Z');
  public readonly table: MemoryTable;
  private ids = 0;

  public constructor(options: MemoryTableOptions = {}) {
    this.table = new MemoryTable(options);
  }

  public readonly newId = (): string => `id-${++this.ids}`;

  public drop(name: string, versionId = '1'): DropId {
    return { bucket: 'drop', key: name, versionId };
  }

  public imageOf(name: string, index = 0, priority = 0): NewImage {
    return { sourceRef: `s3://input/images/${name}-${index}.png`, index, priority, provenance: { 'drop-key': name } };
  }

  /** A drop that is DONE, its image PENDING. Answers the `source-ref`. */
  public async pending(name: string, priority = 0): Promise<string> {
    await receiveDrop(this, this.drop(name));
    await recordDrop(this, this.drop(name), sha256(name), [this.imageOf(name, 0, priority)]);
    return this.imageOf(name).sourceRef;
  }

  public async addJob(number: number, phase: JobRecord['phase'] = 'CREATED'): Promise<void> {
    await this.table.write([{
      put: jobItem({
        number, name: `froth-0a1b2c3d-${number}`, phase, plannedAt: 0, carried: 0, offered: 0, labeled: 0, open: 0, labels: [], instructions: 'v1', schema: 1,
        request: { name: `froth-0a1b2c3d-${number}`, labelAttributeName: 'label' } as JobRequest,
      }),
    }]);
  }

  public async image(sourceRef: string): Promise<ImageRecord> {
    const image = await readImage(this.table, sourceRef);
    if (!image) {
      throw new Error(`the ledger has no image ${sourceRef}`);
    }
    return image;
  }

  /** Claims images for a job and publishes them, as far as the ledger can tell. */
  public async send(number: number, ...sourceRefs: string[]): Promise<ImageRecord[]> {
    const claimed = await claim(this, await Promise.all(sourceRefs.map((ref) => this.image(ref))), number, NO_LIMIT);
    await markSent(this, claimed);
    return Promise.all(claimed.map((image) => this.image(image.sourceRef)));
  }

  public events(pk: string): string[] {
    return [...this.table.items()].filter((item) => item.pk === pk && item.sk.startsWith('HISTORY#')).map((item) => String(item.event));
  }

  public expectConservation(): void {
    expectConservation(this.table);
  }

  /** Lets the next write of which `matches` says so fail, once. */
  public failWrite(kind: 'throw-before' | 'throw-after', nth = 0): void {
    let count = 0;
    this.table.options = { faults: (operation) => operation.method === 'write' && count++ === nth ? kind : 'ok' };
  }
}
