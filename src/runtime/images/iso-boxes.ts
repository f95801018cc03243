import { FaultError } from './fault';

/** A box of the ISO base media file format: a type, and what it holds. */
export interface Box {
  readonly type: string;
  /** Where it begins in its file. */
  readonly start: number;
  readonly body: Buffer;
}

/** Boxes of one level: an encoder writes some ten. */
const MAX_BOXES = 10_000;

/**
 * The boxes that lie one after the other in some bytes. What follows them and does not begin as one is left out of account.
 *
 * @param offset where the bytes begin in their file
 * @throws FaultError truncated or corrupt
 */
export function boxesOf(bytes: Buffer, offset = 0): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!/^[ -~\xa9]{4}$/.test(type)) {
      break;
    }
    const { header, length } = extentOf(bytes, at);
    if (length < header) {
      throw new FaultError('corrupt', `the box ${JSON.stringify(type)} at byte ${offset + at} says that it has ${length} bytes`);
    }
    if (at + length > bytes.length) {
      throw new FaultError('truncated', `the box ${JSON.stringify(type)} at byte ${offset + at} reaches ${at + length - bytes.length} bytes too far`);
    }
    if (boxes.length >= MAX_BOXES) {
      throw new FaultError('corrupt', `there are more than ${MAX_BOXES} boxes in a row, which no program writes`);
    }
    boxes.push({ type, start: offset + at, body: bytes.subarray(at + header, at + length) });
    at += length;
  }
  return boxes;
}

/** Length 0: to the end. Length 1: it is written behind the type, in 64 bits. */
function extentOf(bytes: Buffer, at: number): { readonly header: number; readonly length: number } {
  const length = bytes.readUInt32BE(at);
  if (length !== 1) {
    return { header: 8, length: length === 0 ? bytes.length - at : length };
  }
  return { header: 16, length: at + 16 > bytes.length ? 16 : Number(bytes.readBigUInt64BE(at + 8)) };
}

/** Reads the numbers of a box one after the other. */
export class BoxReader {
  private at = 0;

  constructor(private readonly bytes: Buffer, private readonly name: string) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** A number of 0, 1, 2, 4 or 8 bytes. */
  number(bytes: number): number {
    const value = this.take(bytes);
    return bytes === 0 ? 0 : bytes === 8 ? Number(value.readBigUInt64BE()) : value.readUIntBE(0, bytes);
  }

  text(bytes: number): string {
    return this.take(bytes).toString('latin1');
  }

  /** @throws FaultError where the box ends before */
  take(bytes: number): Buffer {
    if (bytes > this.left) {
      throw new FaultError('corrupt', `the box ${this.name} ends before what it should hold`);
    }
    this.at += bytes;
    return this.bytes.subarray(this.at - bytes, this.at);
  }

  rest(): Buffer {
    return this.take(this.left);
  }
}
