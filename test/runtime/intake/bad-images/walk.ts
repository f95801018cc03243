import { createHash } from 'node:crypto';
import type { SQSBatchResponse } from 'aws-lambda';
import { AS_IT_IS, BecomesImage, BecomesQuarantine, Case, UNTOUCHED } from './case';
import { REMEDIES } from '../../../../src/contract/reasons';
import { MemoryObject } from '../../../../src/local/simulator';
import { handler } from '../../../../src/runtime/intake/intake.lambda';
import { Item } from '../../../../src/runtime/ports';
import { expectConservation } from '../../../support/conservation';
import { CONTEXT, batch, useProject } from '../../../support/handler-world';
import { MemoryProject } from '../../../support/memory-project';
import { SecondDecoder, Seen, gridDifference } from '../../../support/second-decoder';
import { jpegOf, texture } from '../../images/samples';

const NEIGHBOURS = ['before.jpg', 'behind.jpg'];
const MAX_SOURCE_REF_BYTES = 1_000;
const MAX_KEY_BYTES = 1_024;

/** Modes of 8 bit and fewer that every browser shows alike. */
const PLAIN_MODES = ['1', 'L', 'LA', 'P', 'RGB', 'RGBA'];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** One case on its way: a drop between two good ones, in one batch of S3 events, through the function's handler. */
export class Walk {
  public static async through(one: Case, decoder: SecondDecoder): Promise<Walk> {
    const project = await MemoryProject.create({ configuration: { featureEngineering: one.by ?? AS_IT_IS } });
    useProject(project);
    const { cloud } = project.outside;
    const bytes = Buffer.from(await one.bytes());
    await cloud.buckets.put('drop', NEIGHBOURS[0], await neighbour(0));
    await cloud.buckets.put('drop', one.key, bytes);
    await cloud.buckets.put('drop', NEIGHBOURS[1], await neighbour(1));
    // the bucket's own messages, with keys as S3 encodes them
    const messages = await cloud.queues.receive(project.world.resources.intakeQueueUrl, 10);
    expect(messages).toHaveLength(3);
    const response = await handler(batch(...messages.map(({ body }) => body)), CONTEXT);
    return new Walk(one, bytes, project, response, decoder);
  }

  private constructor(
    private readonly one: Case, private readonly bytes: Buffer, private readonly project: MemoryProject,
    private readonly response: SQSBatchResponse, private readonly decoder: SecondDecoder,
  ) {}

  public expectNeighboursDone(): void {
    expect(this.response.batchItemFailures).toEqual([]);
    for (const key of NEIGHBOURS) {
      const drop = this.drop(key);
      expect(drop).toMatchObject({ state: 'DONE', putAway: true });
      expect(this.keys('drop')).not.toContain(key);
      expect(this.images(key)).toHaveLength(1);
      expect(this.kept('originals/', key)).toBeDefined();
    }
    expect(this.project.outside.waker.causes).toEqual(['intake']);
  }

  public async expectOutcome(): Promise<void> {
    const { becomes } = this.one;
    switch (becomes.kind) {
      case 'image':
        return this.expectImage(becomes);
      case 'quarantine':
        return this.expectQuarantine(becomes);
      case 'folder':
        expect(this.keys('drop')).toEqual([this.one.key]);
        expect(this.drop(this.one.key)).toBeUndefined();
        this.expectNothingElse({ images: 2, originals: 2, quarantine: 0 });
    }
  }

  public expectConservation(): void {
    expectConservation(this.project.outside.table);
  }

  private expectQuarantine({ reason, says }: BecomesQuarantine): void {
    const drop = this.drop(this.one.key);
    expect(drop).toMatchObject({ state: 'QUARANTINED', reason, detail: expect.stringMatching(says), putAway: true });
    expectPlain(String(drop!.detail), REMEDIES[reason]);
    expect(this.keys('drop')).toEqual([]);
    const kept = this.kept('quarantine/', this.one.key)!;
    expect(Buffer.compare(Buffer.from(kept.body), this.bytes)).toBe(0);
    expect(kept).toMatchObject({ contentType: 'application/octet-stream', metadata: { reason } });
    const events = this.project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Drop Quarantined');
    expect(events.map((event) => event.detail)).toEqual([
      { project: 'froth', chainId: '0a1b2c3d', key: this.one.key, versionId: drop!.versionId, reason, detail: drop!.detail, remedy: REMEDIES[reason] },
    ]);
    expect(this.project.outside.telemetry.counts.get('DropsQuarantined')).toBe(1);
    expect(this.warnings()).toEqual([expect.stringContaining(REMEDIES[reason])]);
    this.expectNothingElse({ images: 2, originals: 2, quarantine: 1 });
  }

  private async expectImage(becomes: BecomesImage): Promise<void> {
    const drop = this.drop(this.one.key);
    expect([drop?.state, drop?.reason, drop?.detail]).toEqual(['DONE', undefined, undefined]);
    expect(drop).toMatchObject({ putAway: true, sha256: sha256(this.bytes) });
    expect(this.keys('drop')).toEqual([]);
    expect(Buffer.compare(Buffer.from(this.kept('originals/', this.one.key)!.body), this.bytes)).toBe(0);
    const [image, ...more] = this.images(this.one.key);
    expect(more).toEqual([]);
    expect(image).toMatchObject({
      state: 'PENDING', sha256: sha256(this.bytes),
      provenance: { 'drop-key': this.one.key, 'image-width': becomes.width, 'image-height': becomes.height },
    });
    const sourceRef = String(image.sourceRef);
    expect(sourceRef).toMatch(/^s3:\/\/input\/images(\/[A-Za-z0-9._-]+)+\.(jpg|png)$/);
    expect(sourceRef.split('/').filter((name) => /^\.+$/.test(name))).toEqual([]);
    expect(Buffer.byteLength(sourceRef)).toBeLessThanOrEqual(MAX_SOURCE_REF_BYTES);
    const warnings = this.warnings().join('\n');
    expect(warnings).toMatch(becomes.warning ?? /^$/);
    expect(this.project.outside.cloud.bus.events.filter((event) => event.source === 'streaming-labeling')).toEqual([]);
    this.expectNothingElse({ images: 3, originals: 3, quarantine: 0 });
    await this.expectPicture(becomes, this.project.outside.cloud.buckets.read('input', sourceRef.slice('s3://input/'.length)));
  }

  /** What a worker's browser makes of the stored image, by a decoder that is not ours. */
  private async expectPicture(becomes: BecomesImage, stored: MemoryObject): Promise<void> {
    expect(stored.contentType).toBe(becomes.format === 'JPEG' ? 'image/jpeg' : 'image/png');
    const seen = await this.see(stored.body);
    expect(seen).toMatchObject({ format: becomes.format, width: becomes.width, height: becomes.height });
    if (this.one.by === UNTOUCHED) {
      expect(Buffer.compare(Buffer.from(stored.body), this.bytes)).toBe(0);
      return;
    }
    expect(seen).toMatchObject({ orientation: 1, gps: false, frames: 1 });
    expect(PLAIN_MODES).toContain(seen.mode);
    expect(seen.profile ?? 'sRGB').toMatch(/sRGB|some profile/);
    expect(Buffer.from(stored.body).includes('<script>')).toBe(false);
    const wanted = await this.see(becomes.looksLike ? await becomes.looksLike() : this.bytes);
    if (becomes.looksLike || this.one.by === undefined) {
      expect(gridDifference(seen, wanted)).toBeLessThanOrEqual(becomes.tolerance ?? 6);
    }
  }

  private async see(bytes: Uint8Array): Promise<Seen> {
    const sight = await this.decoder.see(bytes);
    if (!sight.ok) {
      throw new Error(`${this.decoder.name} cannot decode it: ${sight.error}`);
    }
    return sight;
  }

  private expectNothingElse(counts: { readonly images: number; readonly originals: number; readonly quarantine: number }): void {
    const all = this.keys('input');
    const found = Object.fromEntries(Object.keys(counts).map((folder) => [folder, all.filter((key) => key.startsWith(`${folder}/`)).length]));
    expect(found).toEqual(counts);
    expect(all).toHaveLength(counts.images + counts.originals + counts.quarantine);
    for (const key of all) {
      expect(key).toMatch(/^[A-Za-z0-9._/-]+$/);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(MAX_KEY_BYTES);
    }
  }

  private drop(key: string): Item | undefined {
    return this.items().find((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#') && item.key === key);
  }

  private images(key: string): Item[] {
    return this.items().filter((item) => item.sk === 'IMAGE' && (item.provenance as { 'drop-key': string })['drop-key'] === key);
  }

  private items(): Item[] {
    return [...this.project.outside.table.items()];
  }

  private kept(prefix: string, key: string): MemoryObject | undefined {
    return this.keys('input', prefix).map((name) => this.project.outside.cloud.buckets.read('input', name))
      .find(({ metadata }) => decodeURIComponent(metadata['drop-key'] ?? encodeURIComponent(key)) === key);
  }

  private keys(bucket: string, prefix = ''): string[] {
    return this.project.outside.cloud.buckets.peekKeys(bucket, prefix);
  }

  private warnings(): string[] {
    return this.project.outside.telemetry.said.filter(({ level }) => level !== 'info').map(({ message }) => message);
  }
}

/** What was found and what to do, each said once. */
function expectPlain(detail: string, remedy: string): void {
  const words = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const threes = (text: string): string[] => words(text).map((_, at, all) => all.slice(at, at + 3).join(' ')).slice(0, -2);
  expect(threes(detail).filter((three) => threes(remedy).includes(three))).toEqual([]);
  expect(detail).toMatch(/^[^\n]{10,300}$/);
}

let neighbours: Promise<Buffer>[] | undefined;

function neighbour(index: number): Promise<Buffer> {
  // large enough for every crop in the table, and not the same content
  neighbours ??= [jpegOf(texture(640, 600)), jpegOf(texture(620, 640))];
  return neighbours[index];
}
