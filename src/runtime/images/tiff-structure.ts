import { FaultError } from './fault';
import { ImageHeader } from './header';
import { isSrgbProfile } from './icc';
import { Orientation } from '../../contract/geometry';

const TAG = {
  WIDTH: 256, HEIGHT: 257, BITS: 258, PHOTOMETRIC: 262, STRIP_OFFSETS: 273, ORIENTATION: 274, SAMPLES: 277, STRIP_BYTES: 279,
  TILE_OFFSETS: 324, TILE_BYTES: 325, EXTRA_SAMPLES: 338, SAMPLE_FORMAT: 339, PROFILE: 34675, GPS: 34853,
} as const;

/** Bytes of a value of each type. */
const TYPE_BYTES: { readonly [type: number]: number } = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
};

/** Entries of a directory, strips of an image, bytes of a profile: each costs time before anything is known; real files have far fewer. */
const MAX = { ENTRIES: 1_000, PARTS: 1_000_000, PROFILE: 4 * 1024 * 1024 } as const;

const COLOR_MODELS: { readonly [photometric: number]: ImageHeader['colorModel'] } = { 0: 'grey', 1: 'grey', 2: 'rgb', 3: 'rgb', 5: 'cmyk', 6: 'rgb' };

interface Entry {
  readonly type: number;
  readonly count: number;
  /** Where its values are. */
  readonly at: number;
}

/** Numbers of a file, in its own byte order, small and big kind. */
class Reader {
  public readonly isBig: boolean;
  private readonly little: boolean;

  constructor(public readonly bytes: Buffer) {
    this.little = bytes[0] === 0x49;
    this.isBig = bytes.length >= 4 && this.number(2, 2) === 43;
  }

  public number(at: number, length: number): number {
    if (at < 0 || at + length > this.bytes.length) {
      throw new FaultError('truncated', `the TIFF refers to byte ${at}; the file has ${this.bytes.length} bytes`);
    }
    if (length === 8) {
      return Number(this.little ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at));
    }
    return this.little ? this.bytes.readUIntLE(at, length) : this.bytes.readUIntBE(at, length);
  }

  public values({ type, count, at }: Entry, max: number): number[] {
    const length = TYPE_BYTES[type];
    if (count > max) {
      throw new FaultError('corrupt', `the TIFF has a list of ${count} values; no program writes more than ${max} here`);
    }
    return Array.from({ length: count }, (_, index) => this.number(at + index * length, length));
  }
}

interface Directory {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly next: number;
}

/**
 * Reads the directories of a TIFF and checks that all that its first page consists of is there. Only that page will be shown.
 *
 * @throws FaultError truncated, corrupt or unsupported
 */
export function readTiff(bytes: Buffer): ImageHeader {
  const reader = new Reader(bytes);
  const first = directoryAt(reader, reader.isBig ? reader.number(8, 8) : reader.number(4, 4));
  const { entries } = first;
  const one = (tag: number, otherwise?: number): number => {
    const entry = entries.get(tag);
    if (entry === undefined || entry.count < 1) {
      if (otherwise === undefined) {
        throw new FaultError('corrupt', `the TIFF's first page has no tag ${tag}`);
      }
      return otherwise;
    }
    return reader.values({ ...entry, count: 1 }, 1)[0];
  };
  const [width, height] = [one(TAG.WIDTH), one(TAG.HEIGHT)];
  if (width < 1 || height < 1) {
    throw new FaultError('corrupt', `the TIFF header says ${width}x${height} pixels`);
  }
  requireData(reader, entries);
  const [bitsPerSample, samples, format] = [one(TAG.BITS, 1), one(TAG.SAMPLES, 1), one(TAG.SAMPLE_FORMAT, 1)];
  const colorModel = COLOR_MODELS[one(TAG.PHOTOMETRIC)];
  if (colorModel === undefined || format !== 1 || ![1, 2, 4, 8, 16].includes(bitsPerSample)) {
    throw new FaultError('unsupported-type', 'the TIFF has colours or numbers of a kind that is not for showing: floating point, more than 16 bits, or a colour space for measuring');
  }
  const orientation = one(TAG.ORIENTATION, 1);
  return {
    type: 'tiff', width, height, orientation: (orientation >= 1 && orientation <= 8 ? orientation : 1) as Orientation,
    colorModel, bitsPerSample, hasAlpha: samples > (colorModel === 'cmyk' ? 4 : one(TAG.PHOTOMETRIC) === 3 || colorModel === 'grey' ? 1 : 3),
    progressive: true, subsampled: false, profile: profileOf(reader, entries.get(TAG.PROFILE)), hasGps: entries.has(TAG.GPS),
    animated: first.next !== 0, end: bytes.length, parts: [], laxScans: [],
  };
}

function directoryAt(reader: Reader, at: number): Directory {
  const [countBytes, entryBytes, offsetBytes] = reader.isBig ? [8, 20, 8] : [2, 12, 4];
  const count = reader.number(at, countBytes);
  if (at < 8 || count < 1 || count > MAX.ENTRIES) {
    throw new FaultError('corrupt', `the TIFF has a directory of ${count} entries at byte ${at}`);
  }
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index += 1) {
    const entry = at + countBytes + index * entryBytes;
    const [tag, type, values] = [reader.number(entry, 2), reader.number(entry + 2, 2), reader.number(entry + 4, offsetBytes)];
    const length = TYPE_BYTES[type];
    const inline = entry + 4 + offsetBytes;
    if (length !== undefined && !entries.has(tag)) {
      entries.set(tag, { type, count: values, at: length * values <= offsetBytes ? inline : reader.number(inline, offsetBytes) });
    }
  }
  return { entries, next: reader.number(at + countBytes + count * entryBytes, offsetBytes) };
}

/** Whether every strip, or every tile, lies within the file. */
function requireData(reader: Reader, entries: ReadonlyMap<number, Entry>): void {
  const [offsets, lengths] = entries.has(TAG.TILE_OFFSETS) ? [TAG.TILE_OFFSETS, TAG.TILE_BYTES] : [TAG.STRIP_OFFSETS, TAG.STRIP_BYTES];
  const [starts, sizes] = [offsets, lengths].map((tag) => {
    const entry = entries.get(tag);
    if (entry === undefined) {
      throw new FaultError('corrupt', `the TIFF's first page has no tag ${tag}, which says where its pixels are`);
    }
    return reader.values(entry, MAX.PARTS);
  });
  if (starts.length !== sizes.length || starts.length === 0) {
    throw new FaultError('corrupt', `the TIFF's first page has ${starts.length} parts and ${sizes.length} lengths of parts`);
  }
  const broken = starts.findIndex((start, index) => start + sizes[index] > reader.bytes.length);
  if (broken >= 0) {
    throw new FaultError('truncated', `part ${broken + 1} of ${starts.length} of the TIFF reaches ${starts[broken] + sizes[broken] - reader.bytes.length} bytes past the end of the file`);
  }
}

function profileOf(reader: Reader, entry: Entry | undefined): ImageHeader['profile'] {
  if (entry === undefined || entry.count > MAX.PROFILE || entry.at + entry.count > reader.bytes.length) {
    return 'none';
  }
  return isSrgbProfile(reader.bytes.subarray(entry.at, entry.at + entry.count)) ? 'srgb' : 'other';
}
