import { FaultError } from './fault';
import { HuffmanTable, PlainScan } from './jpeg-plain';

/**
 * Goes through the data of a JPEG code by code, as a decoder does, but computes no pixel: what a block holds is stepped over.
 * Several codes at once, where they are short, which makes it faster than a decoder, also than one that decodes at a fraction.
 * What follows the last unit is let pass, as decoders do.
 *
 * @returns false where a restart marker is not the next one, or not right behind its units: decoders get over some of that
 * @throws FaultError for data that ends before all units have come, bits that are no code, and values for no place of their block
 */
export function walkCodes({ data, units, restartInterval, blocks }: PlainScan): boolean {
  const steps = new Map([...new Set(blocks.flatMap(({ dc, ac }) => [dc, ac]))].map((table) => [table, new Steps(table)]));
  const walk = new UnitWalk(blocks.map(({ dc, ac }) => ({ dc: steps.get(dc)!, ac: steps.get(ac)! })), data.length);
  let at = 0;
  for (let done = 0, restarts = 0; done < units; restarts++) {
    const count = restartInterval === 0 ? units : Math.min(restartInterval, units - done);
    const { length, next, marker } = unstuff(data, at, walk.bytes);
    const left = walk.go(count, length);
    done += count;
    at = next;
    if (done < units && (left >= 8 || marker !== 0xd0 + restarts % 8)) {
      return false;
    }
  }
  if (walk.damage !== undefined) {
    throw walk.damage;
  }
  return true;
}

/** Copies data up to the next marker without what is stuffed into it. Answers its length, and which marker ends it where. */
function unstuff(data: Buffer, start: number, target: Uint8Array): { length: number; next: number; marker?: number } {
  let length = 0;
  for (let at = start; ;) {
    const found = data.indexOf(0xff, at);
    if (found < 0) {
      target.set(data.subarray(at), length);
      return { length: length + data.length - at, next: data.length };
    }
    let code = found + 1;
    while (data[code] === 0xff) {
      code++;
    }
    const isData = data[code] === 0;
    const end = isData ? found + 1 : found;
    target.set(data.subarray(at, end), length);
    length += end - at;
    at = code + 1;
    if (!isData) {
      return { length, next: at, marker: data[code] };
    }
  }
}

/** Bits that are looked up at once. More would save some steps and cost more to prepare. */
const WINDOW = 12;
const MASK = (1 << WINDOW) - 1;
const SHIFT = 24 - WINDOW;

/** Blocks have this many places. The first is the DC value. */
const PLACES = 64;

/** Places that an end-of-block code takes, for it is recognised by them. */
const END = 128;

/**
 * What to do at a code: a step is its bits with those of the value that follows, by how many places it goes on, and whether it has
 * a value at all. Zero where the code is longer than the window.
 */
const BITS = 0x1f;
const PLACES_SHIFT = 5;
const PLACES_MASK = 0xff;
const VALUE = 0x2000;

/** What decoders make of bits that are no code: the end of the block. */
const NO_CODE = 17 | (END << PLACES_SHIFT);

class Steps {
  /** By what is in the window: the first code in it. */
  readonly one = new Uint16Array(1 << WINDOW);
  /** All codes of a block that are in the window as a whole. They never end behind the block's last place if the first begins in it. */
  readonly several: Uint16Array;
  private readonly long: { readonly length: number; readonly code: number; readonly step: number }[] = [];

  constructor({ counts, symbols }: HuffmanTable) {
    const lengths = new Uint8Array(1 << WINDOW);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++, code <<= 1) {
      for (let count = counts[length - 1]; count > 0; count--, code++) {
        const step = stepOf(symbols[index++], length);
        if (length > WINDOW) {
          this.long.push({ length, code, step });
          continue;
        }
        this.one.fill(step, code << (WINDOW - length), (code + 1) << (WINDOW - length));
        lengths.fill(length, code << (WINDOW - length), (code + 1) << (WINDOW - length));
      }
    }
    this.several = this.one.map((step, window) => this.andMore(step, window, lengths));
  }

  private andMore(first: number, window: number, lengths: Uint8Array): number {
    let bits = first & BITS;
    let places = (first >> PLACES_SHIFT) & PLACES_MASK;
    while (first !== 0 && bits < WINDOW && places < PLACES) {
      const rest = (window << bits) & MASK;
      const next = this.one[rest];
      const sum = places + ((next >> PLACES_SHIFT) & PLACES_MASK);
      if (next === 0 || lengths[rest] > WINDOW - bits || bits + (next & BITS) > BITS || (sum > PLACES && sum < END)) {
        break;
      }
      bits += next & BITS;
      places = sum;
    }
    return bits | (places << PLACES_SHIFT);
  }

  /** The step of a code that is longer than the window; 0 if there is none. `bits`: the next 16. */
  longCode(bits: number): number {
    return this.long.find(({ length, code }) => bits >> (16 - length) === code)?.step ?? 0;
  }
}

/** A symbol is how many empty places come before a value, and how many bits the value has. Of DC codes, only the bits count. */
function stepOf(symbol: number, length: number): number {
  const size = symbol & 15;
  const run = symbol >> 4;
  const places = size === 0 && run !== 15 ? END : run + 1;
  return (length + size) | (places << PLACES_SHIFT) | (size === 0 ? 0 : VALUE);
}

/** The most bytes that a unit can take: ten blocks, each code at its longest. So far beyond the end may be read. */
const SLACK = 10 * PLACES * 4;

class UnitWalk {
  /** What is walked over. */
  readonly bytes: Uint8Array;
  /** The first that was found. The walk goes on as a decoder would, for that the data ends early tells more. */
  damage?: FaultError;
  private at = 0;
  private end = 0;

  constructor(private readonly blocks: readonly { readonly dc: Steps; readonly ac: Steps }[], maxBytes: number) {
    this.bytes = new Uint8Array(maxBytes + SLACK);
  }

  /**
   * Goes over units from the first byte on.
   *
   * @returns how many bits are left
   * @throws FaultError where there are too few
   */
  go(units: number, length: number): number {
    this.at = 0;
    this.end = length * 8;
    for (let unit = 0; unit < units; unit++) {
      for (const { dc, ac } of this.blocks) {
        this.block(dc, ac);
      }
      if (this.at > this.end) {
        throw new FaultError('truncated', 'the image does not decode: its data ends before all of the picture has come');
      }
    }
    return this.end - this.at;
  }

  private block(dc: Steps, ac: Steps): void {
    const { bytes } = this;
    const { several } = ac;
    let at = this.at + (this.step(dc, this.at) & BITS);
    for (let place = 1; place < PLACES;) {
      const byte = at >> 3;
      const step = several[(((bytes[byte] << 16) | (bytes[byte + 1] << 8) | bytes[byte + 2]) >> (SHIFT - (at & 7))) & MASK];
      const next = place + (step >> PLACES_SHIFT);
      if (step === 0 || (next > PLACES && (next < END || next >= END + PLACES))) {
        at = this.slowly(ac, at, place);
        break;
      }
      at += step & BITS;
      place = next;
    }
    this.at = at;
  }

  /** Code by code to the end of a block: where one is long, or the block ends amid what the window has. */
  private slowly(ac: Steps, start: number, from: number): number {
    let at = start;
    for (let place = from; place < PLACES;) {
      const step = this.step(ac, at);
      at += step & BITS;
      place += (step >> PLACES_SHIFT) & PLACES_MASK;
      if (place > PLACES && (step & VALUE) !== 0) {
        this.noteDamage(at, 'is for a place behind the last one of its block');
      }
    }
    return at;
  }

  private step(steps: Steps, at: number): number {
    const { bytes } = this;
    const byte = at >> 3;
    const bits = ((bytes[byte] << 16) | (bytes[byte + 1] << 8) | bytes[byte + 2]) >> (8 - (at & 7));
    const step = steps.one[(bits >> (16 - WINDOW)) & MASK] || steps.longCode(bits & 0xffff);
    if (step === 0) {
      this.noteDamage(at, 'is in no code of its table');
      return NO_CODE;
    }
    return step;
  }

  private noteDamage(at: number, what: string): void {
    this.damage ??= new FaultError('corrupt', `the image does not decode: bit ${at} of its data ${what}`);
  }
}
