import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { jpegOf, open, segment, texture, withSegment } from './samples';
import { openImage, runPipeline } from '../../../src/runtime/images/decoder';
import { inspect } from '../../../src/runtime/images/gate';
import { ImageHeader } from '../../../src/runtime/images/header';
import { walkCodes } from '../../../src/runtime/images/jpeg-codes';
import { plainScan } from '../../../src/runtime/images/jpeg-plain';

const headerOf = (jpeg: Buffer): ImageHeader | undefined => {
  const inspection = inspect(jpeg);
  return inspection.ok ? inspection : undefined;
};

const scanOf = (jpeg: Buffer) => plainScan(jpeg, headerOf(jpeg)!);

/** What the walk says about a file that passed the gate: `decoder` where it leaves it to that. */
function walked(jpeg: Buffer, header: ImageHeader): string {
  const scan = plainScan(jpeg, header);
  if (scan === undefined) {
    return 'decoder';
  }
  try {
    return walkCodes(scan) ? 'whole' : 'decoder';
  } catch (error) {
    return (error as Error).message;
  }
}

async function decoded(jpeg: Buffer, header: ImageHeader): Promise<string> {
  return runPipeline(openImage(jpeg, header).raw()).then(() => 'whole', (error: Error) => error.message);
}

/** Damage that decoders pass over in silence, and show. */
const SILENT = /is in no code of its table|is for a place behind/;

async function expectAgreement(jpeg: Buffer): Promise<void> {
  const header = headerOf(jpeg);
  const ours = header && walked(jpeg, header);
  if (header === undefined || ours === 'decoder' || SILENT.test(ours!)) {
    return;
  }
  expect([ours === 'whole', ours]).toEqual([await decoded(jpeg, header) === 'whole', ours]);
}

const DC_TABLE = { counts: [0, 3, 1], symbols: [0, 1, 2, 5] };
/** Codes of 2 to 16 bits: end of block, values behind no and some empty places, sixteen empty places. */
const AC_TABLE = {
  counts: [0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2],
  symbols: [0x00, 0x01, 0x11, 0x02, 0xf0, 0x31, 0x53, 0xf1, 0x0a],
};

interface Table {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

function codesOf({ counts, symbols }: Table): Map<number, string> {
  const codes = new Map<number, string>();
  let code = 0;
  let at = 0;
  counts.forEach((count, index) => {
    for (let one = 0; one < count; one++) {
      codes.set(symbols[at++], (code++).toString(2).padStart(index + 1, '0'));
    }
    code *= 2;
  });
  return codes;
}

function tableSegment(id: number, { counts, symbols }: Table): Buffer {
  return segment(0xc4, Buffer.from([id, ...Array.from({ length: 16 }, (_, index) => counts[index] ?? 0), ...symbols]));
}

/** A grey JPEG of a row of blocks, each the symbols of its codes with the bits of their values. */
function jpegOfBlocks(blocks: readonly string[], restartInterval: number): Buffer {
  const size = restartInterval || blocks.length;
  const groups = Array.from({ length: Math.ceil(blocks.length / size) }, (_, index) => blocks.slice(index * size, (index + 1) * size));
  const data = groups.flatMap((group, index) => {
    const bits = group.join('');
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
    const bytes = (padded.match(/.{8}/g) ?? []).flatMap((byte) => (byte === '11111111' ? [0xff, 0] : [parseInt(byte, 2)]));
    return index === groups.length - 1 ? bytes : [...bytes, 0xff, 0xd0 + index % 8];
  });
  const width = blocks.length * 8;
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, Buffer.from([0, ...Array.from({ length: 64 }, () => 1)])),
    segment(0xc0, Buffer.from([8, 0, 8, width >> 8, width & 255, 1, 7, 0x11, 0])),
    tableSegment(0, DC_TABLE),
    tableSegment(0x10, AC_TABLE),
    ...(restartInterval === 0 ? [] : [segment(0xdd, Buffer.from([0, restartInterval]))]),
    segment(0xda, Buffer.from([1, 7, 0x00, 0, 63, 0])),
    Buffer.from(data),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Blocks that begin with any DC value and hold any values, to their last place or not. */
const block = fc.record({
  size: fc.constantFrom(...DC_TABLE.symbols),
  symbols: fc.array(fc.constantFrom(...AC_TABLE.symbols.slice(1)), { maxLength: 70 }),
  value: fc.nat(1023),
}).map(({ size, symbols, value }) => {
  const valueBits = (count: number) => (count === 0 ? '' : value.toString(2).padStart(10, '0').slice(-count));
  let bits = codesOf(DC_TABLE).get(size)! + valueBits(size);
  let place = 1;
  for (const symbol of symbols) {
    const next = place + (symbol >> 4) + 1;
    if (next <= 64) {
      bits += codesOf(AC_TABLE).get(symbol)! + valueBits(symbol & 15);
      place = next;
    }
  }
  return place < 64 ? bits + codesOf(AC_TABLE).get(0)! : bits;
});
const jpegsOfBlocks = fc.tuple(fc.array(block, { minLength: 1, maxLength: 30 }), fc.nat(4))
  .map(([blocks, restartInterval]) => jpegOfBlocks(blocks, restartInterval));

const place = fc.double({ min: 0, max: 0.999, noNaN: true });

/** Changes the data of a scan: a flipped bit, bytes that went missing, bytes that came from elsewhere. */
const damage = fc.tuple(place, fc.nat(7), fc.constantFrom('flip', 'cut', 'insert'), fc.integer({ min: 1, max: 40 }));
function damaged(jpeg: Buffer, [at, bit, kind, length]: readonly [number, number, string, number]): Buffer {
  const sos = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const start = sos + 2 + jpeg.readUInt16BE(sos + 2);
  const where = start + Math.floor((jpeg.length - 2 - start) * at);
  if (kind === 'flip') {
    const flipped = Buffer.from(jpeg);
    flipped[where] ^= 1 << bit;
    return flipped;
  }
  return kind === 'cut'
    ? Buffer.concat([jpeg.subarray(0, where), jpeg.subarray(Math.min(where + length, jpeg.length - 2))])
    : Buffer.concat([jpeg.subarray(0, where), Buffer.alloc(length, 0x5a), jpeg.subarray(where)]);
}

const variants: { readonly [name: string]: () => Promise<Buffer> } = {
  '4:2:0': () => jpegOf(texture(90, 70)),
  '4:4:4': () => jpegOf(texture(90, 70), { chromaSubsampling: '4:4:4' }),
  'codes made for it': () => jpegOf(texture(90, 70), { optimiseCoding: true, quality: 97 }),
  'grey': () => open(texture(90, 70)).toColourspace('b-w').jpeg().toBuffer(),
  'fine values': () => jpegOf(texture(90, 70), { quality: 100, chromaSubsampling: '4:4:4' }),
};

describe.each(Object.entries(variants))('a JPEG with %s', (_, make) => {
  test('is walked over and found whole', async () => {
    const jpeg = await make();
    expect(walked(jpeg, headerOf(jpeg)!)).toBe('whole');
  });

  test('is damaged where the decoder says so', async () => {
    const jpeg = await make();
    await fc.assert(fc.asyncProperty(damage, (change) => expectAgreement(damaged(jpeg, change))), { numRuns: 60 });
  });
});

test('any codes and restart markers are found whole, by the decoder too', async () => {
  await fc.assert(fc.asyncProperty(jpegsOfBlocks, async (jpeg) => {
    const header = headerOf(jpeg)!;
    expect([walked(jpeg, header), await decoded(jpeg, header)]).toEqual(['whole', 'whole']);
  }), { numRuns: 150 });
});

test('any codes and restart markers are damaged where the decoder says so', async () => {
  await fc.assert(fc.asyncProperty(jpegsOfBlocks, damage, (jpeg, change) => expectAgreement(damaged(jpeg, change))), { numRuns: 300 });
});

test('photographs are walked over and found whole', () => {
  const folder = join(__dirname, '../../../examples/photos');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.jpe?g$/i.test(name));
  const verdicts = files.map((name) => {
    const jpeg = readFileSync(join(folder, name));
    return walked(jpeg, headerOf(jpeg)!);
  });
  expect(verdicts.length).toBeGreaterThan(5);
  expect(verdicts.filter((verdict) => verdict !== 'whole' && verdict !== 'decoder')).toEqual([]);
  expect(verdicts).toContain('whole');
});

test('damage that decoders show in silence is told', () => {
  const eob = codesOf(AC_TABLE).get(0)!;
  const noCode = `00${'1'.repeat(17)}`;
  const behind = `00${codesOf(AC_TABLE).get(0xf0)!.repeat(3)}${codesOf(AC_TABLE).get(0xf1)!}1`;
  const good = Array.from({ length: 9 }, () => `00${eob}`);
  for (const [bits, detail] of [[noCode, /is in no code of its table/], [behind, /for a place behind the last one/]] as const) {
    const jpeg = jpegOfBlocks([bits, ...good], 0);
    expect(walked(jpeg, headerOf(jpeg)!)).toMatch(detail);
  }
});

test('what decoders get over at a restart marker is left to them', () => {
  const jpeg = jpegOfBlocks(Array.from({ length: 6 }, () => `00${codesOf(AC_TABLE).get(0)!}`), 2);
  const at = jpeg.indexOf(Buffer.from([0xff, 0xd0]));
  const other = Buffer.from(jpeg);
  other[at + 1] = 0xd4;
  const longer = Buffer.concat([jpeg.subarray(0, at), Buffer.alloc(1), jpeg.subarray(at)]);
  const verdicts = [jpeg, other, longer].map((one) => walked(one, headerOf(one)!));
  expect(verdicts).toEqual(['whole', 'decoder', 'decoder']);
});

test('empty places behind the last one are no damage', () => {
  const jpeg = jpegOfBlocks([`00${codesOf(AC_TABLE).get(0x01)!}1${codesOf(AC_TABLE).get(0xf0)!.repeat(4)}`, `00${codesOf(AC_TABLE).get(0)!}`], 0);
  expect(walked(jpeg, headerOf(jpeg)!)).toBe('whole');
});

test('what is not plain is left to the decoder', async () => {
  const jpeg = await jpegOf(texture(90, 70));
  const without = (marker: number) => {
    const at = jpeg.indexOf(Buffer.from([0xff, marker]));
    return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))]);
  };
  const patched = (marker: number, offset: number, value: number, from = jpeg) => {
    const copy = Buffer.from(from);
    copy[jpeg.indexOf(Buffer.from([0xff, marker])) + offset] = value;
    return copy;
  };
  const others: { readonly [what: string]: Buffer } = {
    'progressive': await jpegOf(texture(90, 70), { progressive: true }),
    'CMYK': await open(texture(90, 70)).toColourspace('cmyk').jpeg().toBuffer(),
    'an Adobe segment': withSegment(jpeg, 0xee, Buffer.from('Adobe\0\x64\0\0\0\0\x01', 'latin1')),
    'a table of values missing': without(0xdb),
    'a table of codes missing': without(0xc4),
    'a table of codes that are none': patched(0xc4, 5, 3),
    'a table of codes with an impossible name': patched(0xc4, 4, 7),
    'a table of values of an impossible precision': patched(0xdb, 4, 0x20),
    'another revision of JFIF': withSegment(jpeg, 0xe0, Buffer.from('JFIF\0\x02\x01\0\0\x01\0\x01\0\0', 'latin1')),
    'an arithmetic table': withSegment(jpeg, 0xcc, Buffer.from([0, 0])),
    'a restart interval of one byte': withSegment(jpeg, 0xdd, Buffer.from([0])),
    'a scan header that is longer': patched(0xda, 3, 13),
    'something behind its data': Buffer.concat([jpeg.subarray(0, -2), segment(0xfe, Buffer.from('comment')), jpeg.subarray(-2)]),
    'subsampling by 1.5': patched(0xc0, 14, 0x21, patched(0xc0, 11, 0x32)),
  };
  expect(scanOf(jpeg)).toBeDefined();
  for (const [what, other] of Object.entries(others)) {
    expect([what, headerOf(other) !== undefined && scanOf(other) !== undefined]).toEqual([what, false]);
  }
  expect(scanOf(withSegment(withSegment(jpeg, 0xfe, Buffer.from('a comment')), 0xe5, Buffer.from('anything')))).toBeDefined();
});
