import { crc32 } from 'node:zlib';
import { Seed } from './corpus';
import { seededRandom } from '../../../../src/local/simulator/seeded-random';
import { chunk, segment } from '../../images/samples';

/** Random numbers of one case. */
interface Dice {
  /** 0 to below `end`. */
  below(end: number): number;
  of<T>(list: readonly T[]): T;
}

type Mutation = (bytes: Buffer, dice: Dice, corpus: readonly Seed[]) => Buffer;

/** Where readers look for sizes and offsets. */
const EDGES = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
const JPEG_MARKERS = [
  0xc0, 0xc1, 0xc2, 0xc4, 0xc8, 0xcc, 0xd0, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe, 0x01, 0xff,
];
const PNG_CHUNKS = [
  'IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'eXIf', 'tEXt', 'zTXt', 'iTXt', 'acTL', 'fcTL', 'fdAT', 'abCd',
];

const noise = (length: number, dice: Dice): Buffer => Buffer.from(Array.from({ length }, () => dice.below(256)));
/** Mostly small: a large piece leaves little of the file. */
const pieceOf = (length: number, dice: Dice): number => 1 + dice.below(Math.max(1, dice.of([4, 16, 64, 512, length])));
const splice = (bytes: Buffer, at: number, removed: number, ...added: readonly Buffer[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), ...added, bytes.subarray(at + removed)]);
/** Many of the places lie in the first bytes, where a file says what it is. */
const placeIn = ({ length }: Buffer, dice: Dice): number =>
  dice.below(Math.max(1, Math.min(length, dice.of([length, length, length, 64, 700]))));

export const MUTATIONS: { readonly [name: string]: Mutation } = {
  'flip bits': (bytes, dice) => {
    const made = Buffer.from(bytes);
    for (let left = 1 + dice.below(3); left > 0 && made.length > 0; left--) {
      made[placeIn(made, dice)] ^= 1 << dice.below(8);
    }
    return made;
  },
  'set bytes': (bytes, dice) => {
    const at = placeIn(bytes, dice);
    const length = 1 + dice.below(8);
    return splice(bytes, at, pieceOf(8, dice), dice.below(2) === 0 ? Buffer.alloc(length, dice.of([0, 0xff])) : noise(length, dice));
  },
  'set a number': (bytes, dice) => {
    const made = Buffer.from(bytes);
    const width = dice.of([2, 4]);
    if (made.length > width) {
      const at = placeIn(made.subarray(width), dice);
      const value = dice.of(EDGES) % 2 ** (8 * width);
      dice.below(3) > 0 ? made.writeUIntBE(value, at, width) : made.writeUIntLE(value, at, width);
    }
    return made;
  },
  'cut the end': (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
  'cut a piece': (bytes, dice) => splice(bytes, placeIn(bytes, dice), pieceOf(bytes.length, dice)),
  'double a piece': (bytes, dice) => {
    const at = placeIn(bytes, dice);
    const piece = bytes.subarray(at, at + pieceOf(bytes.length, dice));
    return splice(bytes, dice.below(2) === 0 ? at : placeIn(bytes, dice), 0, ...new Array<Buffer>(1 + dice.below(3)).fill(piece));
  },
  'insert noise': (bytes, dice) => splice(bytes, placeIn(bytes, dice), 0, noise(pieceOf(256, dice), dice)),
  'insert a JPEG segment': (bytes, dice) => {
    const at = dice.below(2) === 0 ? 2 : boundary(bytes, dice, 0xff);
    return splice(bytes, at, 0, segment(dice.of(JPEG_MARKERS), noise(dice.below(80), dice)));
  },
  'insert a PNG chunk': (bytes, dice) => splice(bytes, dice.of(chunkStarts(bytes)), 0, chunk(dice.of(PNG_CHUNKS), noise(dice.below(80), dice))),
  'move a piece': (bytes, dice) => {
    const at = placeIn(bytes, dice);
    const piece = bytes.subarray(at, at + pieceOf(bytes.length, dice));
    const without = splice(bytes, at, piece.length);
    return splice(without, placeIn(without, dice), 0, piece);
  },
  'go on as another file': (bytes, dice, corpus) => {
    const other = dice.of(corpus).bytes;
    return Buffer.concat([bytes.subarray(0, placeIn(bytes, dice)), other.subarray(placeIn(other, dice))]);
  },
};

function boundary(bytes: Buffer, dice: Dice, byte: number): number {
  const found = bytes.indexOf(byte, placeIn(bytes, dice));
  return found < 0 ? bytes.length : found;
}

function chunkStarts(bytes: Buffer): number[] {
  const starts = [8];
  for (let at = 8; at + 12 <= bytes.length && starts.length < 100; starts.push(at)) {
    at += 12 + bytes.readUInt32BE(at);
  }
  return starts.filter((at) => at <= bytes.length);
}

/** Checksums that fit, so that what was done to a PNG is seen by those who read on. */
function withChecksums(bytes: Buffer): Buffer {
  const made = Buffer.from(bytes);
  for (let at = 8; at + 12 <= made.length;) {
    const end = at + 8 + made.readUInt32BE(at);
    if (end + 4 > made.length) {
      break;
    }
    made.writeUInt32BE(crc32(made.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return made;
}

/** A file to which something was done. */
export interface Mutant {
  readonly seed: string;
  readonly mutations: readonly string[];
  readonly bytes: Buffer;
}

/** The file of a case: the same for the same numbers, whatever was made before it. */
export function mutantOf(corpus: readonly Seed[], seed: number, index: number): Mutant {
  const random = seededRandom(seed * 1_000_003 + index);
  const dice: Dice = { below: (end) => Math.floor(random() * end), of: (list) => list[Math.floor(random() * list.length)] };
  const origin = corpus[index % corpus.length];
  const mutations: string[] = [];
  let { bytes } = origin;
  do {
    const name = dice.of(Object.keys(MUTATIONS));
    mutations.push(name);
    bytes = MUTATIONS[name](bytes, dice, corpus);
  } while (dice.below(3) === 0);
  if (dice.below(2) === 0 && bytes.length > 8 && bytes.toString('latin1', 1, 4) === 'PNG') {
    mutations.push('mend checksums');
    bytes = withChecksums(bytes);
  }
  return { seed: origin.name, mutations, bytes };
}
