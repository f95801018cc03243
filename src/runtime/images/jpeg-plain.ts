import { ImageHeader } from './header';

/** A Huffman table as a JPEG stores it: how many codes have 1 to 16 bits, and what they stand for, shortest first. */
export interface HuffmanTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** What it takes to go through the data of a JPEG code by code. */
export interface PlainScan {
  /** The data, from its first byte to the marker that ends it. */
  readonly data: Buffer;
  readonly units: number;
  /** Units from one restart marker to the next; 0: there are no such markers. */
  readonly restartInterval: number;
  /** The tables of each block of a unit, in their order. */
  readonly blocks: readonly { readonly dc: HuffmanTable; readonly ac: HuffmanTable }[];
}

/** Places in the data are counted in bits, as 32-bit numbers. */
const MAX_DATA_BYTES = 128 * 1024 * 1024;

/** The largest picture, and the most blocks in a unit, that decoders accept. */
const MAX_SIDE = 65500;
const MAX_BLOCKS = 10;

const QUANTIZATION_TABLE_BYTES = [65, 129];

/**
 * The one scan of a JPEG of the common kind: sequential, grey or colour, tables at hand, and nothing in the file that a decoder
 * might object to or understand in its own way. Undefined for all others, whatever is wrong or special about them.
 */
export function plainScan(file: Buffer, header: ImageHeader): PlainScan | undefined {
  const last = header.parts[header.parts.length - 2];
  if (header.type !== 'jpeg' || header.progressive || header.colorModel === 'cmyk' || last.name !== 'DA'
    || Math.max(header.width, header.height) > MAX_SIDE || last.end - last.start > MAX_DATA_BYTES) {
    return undefined;
  }
  const reader = new PlainReader();
  const segments = header.parts.slice(1, -1).map(({ name, start, end }) => ({ name, ...segmentAt(file, start), end }));
  return segments.every(({ name, body }) => reader.take(name, body))
    ? reader.scan(header, file.subarray(segments[segments.length - 1].bodyEnd, last.end))
    : undefined;
}

function segmentAt(file: Buffer, start: number): { body: Buffer; bodyEnd: number } {
  let code = start + 1;
  while (file[code] === 0xff) {
    code++;
  }
  const bodyEnd = code + 1 + file.readUInt16BE(code + 1);
  return { body: file.subarray(code + 3, bodyEnd), bodyEnd };
}

class PlainReader {
  private readonly huffman = new Map<number, HuffmanTable>();
  private readonly quantization = new Set<number>();
  private restartInterval = 0;
  private frame: Buffer = Buffer.alloc(0);
  private scanHeader: Buffer = Buffer.alloc(0);

  /** Learns what a segment tells; false where it is not of the common kind. */
  take(name: string, body: Buffer): boolean {
    switch (name) {
      case 'SOF':
        this.frame = body;
        return body.length === 6 + body[5] * 3;
      case 'DA':
        this.scanHeader = body;
        return body.length === 4 + body[0] * 2;
      case 'DD':
        this.restartInterval = body.length === 2 ? body.readUInt16BE(0) : 0;
        return body.length === 2;
      case 'C4':
        return this.takeHuffman(body);
      case 'DB':
        return this.takeQuantization(body);
      case 'APP0/JFIF':
        return body[5] === 1;
      default:
        // an Adobe segment says what the colours mean, and not all that it can say is understood
        return name === 'FE' || (name.startsWith('APP') && !name.startsWith('APP14'));
    }
  }

  private takeHuffman(body: Buffer): boolean {
    for (let at = 0; at < body.length;) {
      const id = body[at];
      const counts = body.subarray(at + 1, at + 17);
      const total = counts.reduce((sum, count) => sum + count, 0);
      const symbols = body.subarray(at + 17, at + 17 + total);
      const isWhole = (id & ~0x13) === 0 && counts.length === 16 && symbols.length === total;
      if (!isWhole || !isCode(counts) || (id < 0x10 && symbols.some((size) => size > 15))) {
        return false;
      }
      this.huffman.set(id, { counts, symbols });
      at += 17 + total;
    }
    return true;
  }

  private takeQuantization(body: Buffer): boolean {
    let at = 0;
    while (at < body.length && (body[at] & ~0x13) === 0) {
      this.quantization.add(body[at] & 15);
      at += QUANTIZATION_TABLE_BYTES[body[at] >> 4];
    }
    return at === body.length;
  }

  scan({ width, height }: ImageHeader, data: Buffer): PlainScan | undefined {
    const components = this.components();
    const hMax = Math.max(...components.map(({ h }) => h));
    const vMax = Math.max(...components.map(({ v }) => v));
    const single = components.length === 1;
    const scanned = Array.from({ length: this.scanHeader[0] }, (_, index) => {
      const [id, tables] = this.scanHeader.subarray(1 + index * 2);
      const { h, v } = components.find((one) => one.id === id)!; // the gate has seen to that
      const blocks = single ? 1 : h * v;
      return { id, blocks, dc: this.huffman.get(tables >> 4), ac: this.huffman.get(0x10 | (tables & 15)) };
    });
    const blocks = scanned.flatMap(({ blocks: count, dc, ac }) => (dc && ac ? Array.from({ length: count }, () => ({ dc, ac })) : []));
    const isPlain = components.every(({ h, v, quantization }) => hMax % h === 0 && vMax % v === 0 && this.quantization.has(quantization))
      && new Set(scanned.map(({ id }) => id)).size === components.length
      && scanned.every(({ dc, ac }) => dc && ac)
      && blocks.length <= MAX_BLOCKS;
    // a component that comes alone has only the blocks that it needs, and each is a unit
    const units = single ? Math.ceil(width / 8) * Math.ceil(height / 8) : Math.ceil(width / (8 * hMax)) * Math.ceil(height / (8 * vMax));
    return isPlain ? { data, units, restartInterval: this.restartInterval, blocks } : undefined;
  }

  private components(): { id: number; h: number; v: number; quantization: number }[] {
    return Array.from({ length: this.frame[5] }, (_, index) => {
      const [id, sampling, quantization] = this.frame.subarray(6 + index * 3);
      return { id, h: sampling >> 4, v: sampling & 15, quantization };
    });
  }
}

/** Whether counts of codes are those of a prefix code that leaves its last word, all ones, free. */
function isCode(counts: Uint8Array): boolean {
  let code = 0;
  return counts.every((count, index) => {
    code = code * 2 + count;
    return code < 2 ** (index + 1);
  }) && code > 0;
}
