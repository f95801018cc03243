import { crc32, deflateSync } from 'node:zlib';
import { earlierPair } from '../../contract/earlier-label';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { Size } from '../../contract/steps';
import { PageTask } from '../../contract/worker-template';

/** What a task that adjusts or verifies finds on the image: one object in the middle. */
export function sampleLabel(task: PageTask, size: Size, maskUri: string): { readonly [name: string]: unknown } {
  const label = task.earlierLabels?.[0] ?? task.labels[0]?.name;
  const { width, height } = size;
  const preLabel = LABELING_TASKS[task.type].earlier?.kind === 'boxes'
    ? { boxes: [{ label, left: width >> 2, top: height >> 2, width: Math.ceil(width / 2), height: Math.ceil(height / 2) }] }
    : { mask: { uri: maskUri, colors: { [label]: COLOR } } };
  return earlierPair(task, { preLabel, size, receivedAt: 0 }) ?? {};
}

const COLOR = '#1f77b4';

/** The mask of that object: a rectangle on white, as a PNG with a palette. */
export function sampleMask({ width, height }: Size): Buffer {
  const inside = (at: number, length: number): boolean => at >= length / 4 && at < (3 * length) / 4;
  // there are but two kinds of rows, and an image may have many
  const outer = Buffer.alloc(1 + width);
  const inner = Buffer.from([0, ...Array.from({ length: width }, (_pixel, x) => Number(inside(x, width)))]);
  const rows = Array.from({ length: height }, (_row, y) => (inside(y, height) ? inner : outer));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // 8 bits, palette
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header), chunk('PLTE', Buffer.from(`ffffff${COLOR.slice(1)}`, 'hex')), chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
