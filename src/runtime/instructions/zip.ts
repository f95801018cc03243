import { isUtf8 } from 'node:buffer';
import { crc32, inflateRawSync } from 'node:zlib';

/*
 * Read by hand: fflate, which packs archives elsewhere, hands out as if nothing were wrong what is longer than announced (silently cut),
 * shorter, damaged, encrypted or not where it should be; and it tells neither flags nor checksums nor places, by which that could be seen.
 */

/** A file in a zip archive, as the archive's own list has it. */
export interface ZipEntry {
  readonly name: string;
  /** Unit: bytes. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  /** Where it begins in the archive. */
  readonly at: number;
}

const SIGNATURE = { FILE: 0x04034b50, ENTRY: 0x02014b50, END: 0x06054b50, END_64: 0x06064b50, END_64_LOCATOR: 0x07064b50 } as const;

const END_SIZE = 22;
const COMMENT_MAX = 0xffff;

/** Stands for a number that needs 64 bits and is told in an extra field. */
const ELSEWHERE = 0xffffffff;
const EXTRA_64 = 1;

const METHOD = { STORED: 0, DEFLATED: 8 } as const;

/**
 * The files of a zip archive.
 *
 * @throws an error for what is no such archive
 */
export function zipEntries(archive: Uint8Array): ZipEntry[] {
  const bytes = bufferOf(archive);
  let { count, at } = listIn(bytes);
  const entries: ZipEntry[] = [];
  for (; count > 0; count--) {
    insist(bytes.readUInt32LE(at) === SIGNATURE.ENTRY, `byte ${at} should begin an entry of its list`);
    const flags = bytes.readUInt16LE(at + 8);
    const name = at + 46;
    const extra = name + bytes.readUInt16LE(at + 28);
    const comment = extra + bytes.readUInt16LE(at + 30);
    const narrow = [at + 24, at + 20, at + 42].map((each) => bytes.readUInt32LE(each));
    const [size, packedSize, begin] = wide(bytes.subarray(extra, comment), narrow);
    entries.push({
      // many programs that write UTF-8 do not say so
      name: bytes.toString(flags & 0x800 || isUtf8(bytes.subarray(name, extra)) ? 'utf8' : 'latin1', name, extra),
      size, packedSize, at: begin, method: bytes.readUInt16LE(at + 10), encrypted: (flags & 1) === 1, checksum: bytes.readUInt32LE(at + 16),
    });
    at = comment + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * The bytes of an entry: as many as the list says, with the checksum that it says.
 *
 * @throws an error for everything else
 */
export function unzipped(archive: Uint8Array, { size, packedSize, method, encrypted, checksum, at }: ZipEntry): Uint8Array {
  const bytes = bufferOf(archive);
  insist(!encrypted, 'it is encrypted');
  insist(bytes.readUInt32LE(at) === SIGNATURE.FILE, `byte ${at} should begin it`);
  const begin = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const packed = bytes.subarray(begin, begin + packedSize);
  insist(packed.length === packedSize, 'the archive ends inside of it');
  insist(method === METHOD.STORED || method === METHOD.DEFLATED, `it is packed by method ${method}, which is not known here`);
  const content = method === METHOD.STORED ? packed : inflated(packed, size);
  insist(content.length === size, `it has ${content.length} bytes; ${size} are announced`);
  insist(crc32(content) === checksum, 'its checksum is wrong');
  return content;
}

/** One byte more than announced is enough to see that there are more. */
function inflated(packed: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: size + 1 });
  } catch (error) {
    insist((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE', `it has more bytes than the ${size} that are announced`);
    throw error;
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Where the list of an archive begins, and how many entries it has. */
function listIn(bytes: Buffer): { count: number; at: number } {
  let end = bytes.length - END_SIZE;
  for (; end >= 0 && bytes.readUInt32LE(end) !== SIGNATURE.END; end--) {
    insist(bytes.length - END_SIZE - end < COMMENT_MAX, 'its end is missing');
  }
  insist(end >= 0, 'its end is missing');
  if (end >= 20 && bytes.readUInt32LE(end - 20) === SIGNATURE.END_64_LOCATOR) {
    const wideEnd = number64(bytes, end - 12);
    insist(bytes.readUInt32LE(wideEnd) === SIGNATURE.END_64, `byte ${wideEnd} should begin its end`);
    return { count: number64(bytes, wideEnd + 32), at: number64(bytes, wideEnd + 48) };
  }
  return { count: bytes.readUInt16LE(end + 10), at: bytes.readUInt32LE(end + 16) };
}

/** Size, packed size and place of an entry: those that need 64 bits stand one after the other in an extra field. */
function wide(extra: Buffer, narrow: readonly number[]): number[] {
  let at = 0;
  while (at + 4 < extra.length && extra.readUInt16LE(at) !== EXTRA_64) {
    at += 4 + extra.readUInt16LE(at + 2);
  }
  at += 4;
  return narrow.map((each) => {
    if (each !== ELSEWHERE) {
      return each;
    }
    at += 8;
    return number64(extra, at - 8);
  });
}

const number64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

function insist(holds: boolean, otherwise: string): void {
  if (!holds) {
    throw new Error(otherwise);
  }
}
