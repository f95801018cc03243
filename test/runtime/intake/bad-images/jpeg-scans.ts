import { segment } from '../../images/samples';

const SOS = Buffer.from([0xff, 0xda]);
const EOI = Buffer.from([0xff, 0xd9]);

/** Says a progressive JPEG's last scan so many times more. */
export function manyScans(progressive: Buffer, count: number): Buffer {
  const last = progressive.subarray(progressive.lastIndexOf(SOS), -2);
  return Buffer.concat([progressive.subarray(0, -2), Buffer.alloc(last.length * count, last), EOI]);
}

/** A baseline JPEG, all grey, whose components have a scan each: a decoder has to keep all of them until the last has come. */
export function separateScans(width: number, height: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  // one code of one bit, for no difference and for no coefficients: two zero bits a block
  const table = (kind: number) => segment(0xc4, Buffer.from([kind, 1, ...new Array<number>(15).fill(0), 0]));
  const frame = Buffer.from([8, 0, 0, 0, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  const data = Buffer.alloc(Math.ceil(blocks / 4));
  const used = (blocks % 4) * 2;
  if (used > 0) {
    data[data.length - 1] = 0xff >> used;
  }
  const scans = [1, 2, 3].flatMap((id) => [segment(0xda, Buffer.from([1, id, 0, 0, 63, 0])), data]);
  const quantization = segment(0xdb, Buffer.from([0, ...new Array<number>(64).fill(1)]));
  return Buffer.concat([Buffer.from([0xff, 0xd8]), quantization, segment(0xc0, frame), table(0), table(0x10), ...scans, EOI]);
}
