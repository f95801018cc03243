import { makeCorpus } from './fuzz/corpus';
import { FUNCTION_MEGABYTES, IntakeProcess } from './fuzz/intake-process';
import { MUTATIONS, mutantOf } from './fuzz/mutations';
import type { Answer, Became, StoredImage } from './fuzz/worker';
import { isReasonCode } from '../../../src/contract/reasons';
import { inspect } from '../../../src/runtime/images/gate';
import { SecondDecoder, openSecondDecoder } from '../../support/second-decoder';

/** `FUZZ_RUNS=20000 FUZZ_SEED=7 npx jest test/runtime/intake/fuzz.test.ts`; `FUZZ_FIRST=1234 FUZZ_RUNS=1` repeats one case. */
const numberOf = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const RUNS = numberOf('FUZZ_RUNS', 800);
const SEED = numberOf('FUZZ_SEED', 1);
const FIRST = numberOf('FUZZ_FIRST', 0);

/** As many as Lambda hands over at once, but for the two good ones. */
const BATCH = 8;

/** For a case, on two busy processors. Milliseconds. */
const PATIENCE = 200;

let decoder: SecondDecoder;
let intake: IntakeProcess;
beforeAll(async () => {
  // it may have to be installed first
  decoder = await openSecondDecoder();
  intake = await IntakeProcess.bundle();
}, 300_000);
afterAll(() => Promise.all([decoder?.close(), intake?.close()]));

/**
 * Why an image is none. Where a project keeps the bytes of its drops, it keeps their metadata too, which the second decoder
 * reads more strictly than a browser does: of those the picture alone is judged.
 */
async function faultOf({ bytes: text, size }: StoredImage, untouched: boolean): Promise<string[]> {
  const bytes = Buffer.from(text, 'base64');
  const sight = await decoder.see(bytes);
  const judged = sight.ok || !untouched ? sight : await decoder.see(pictureOf(bytes));
  if (!judged.ok || !['JPEG', 'PNG'].includes(judged.format)) {
    return [judged.ok ? judged.format : judged.error];
  }
  const shown = `${judged.width}x${judged.height}`;
  // kept as it is, a turned image with a damaged Exif block is turned by one reader and not by another
  const turned = untouched ? `${judged.height}x${judged.width}` : shown;
  return size === undefined || size === shown || size === turned ? [] : [`it shows ${shown} pixels, and the ledger says ${size}`];
}

/** The image without what no picture depends on. */
function pictureOf(bytes: Buffer): Buffer {
  const header = inspect(bytes);
  const needed = header.ok ? header.parts.filter(({ name }) => !/^(APP(?!14)|FE$|[a-su-z][A-Za-z]{3}$|t(?!RNS))/.test(name)) : [];
  return Buffer.concat(needed.map(({ start, end }) => bytes.subarray(start, end)));
}

/** What must never be, each in a sentence. */
async function wrongs(answer: Answer): Promise<string[]> {
  const of = ({ index, seed, mutations, size }: Became) => `case ${index} (${seed}: ${mutations.join(', ')}; ${size} bytes)`;
  const found: string[] = [];
  for (const one of answer.became) {
    if (one.state === 'DONE' ? one.images.length === 0 : one.images.length > 0) {
      found.push(`${of(one)} is ${one.state} with ${one.images.length} images`);
    }
    if (one.state === 'QUARANTINED' ? !isReasonCode(one.reason ?? '') || !/^[^\n]{10,300}$/.test(one.detail ?? '') : !['DONE', 'DUPLICATE'].includes(one.state)) {
      found.push(`${of(one)} is ${one.state}: ${one.reason}, ${one.detail}`);
    }
    for (const image of one.images) {
      found.push(...(await faultOf(image, answer.untouched)).map((fault) => `${of(one)} gave an image that is none: ${fault}`));
    }
  }
  for (const stray of answer.strays) {
    found.push(...(await faultOf(stray, answer.untouched)).map((fault) => `a stray image is none: ${fault}`));
  }
  return [
    ...found,
    ...(answer.neighbours.every((state) => state === 'DONE') ? [] : [`neighbours are ${answer.neighbours.join(', ')}`]),
    ...(answer.failures === 0 ? [] : [`${answer.failures} messages failed`]),
  ];
}

/** A batch; where its process died, each of its cases alone, so that it is known which one kills. */
async function tellingWhich(first: number, count: number, seen: Became[], wrong: string[]): Promise<number> {
  const answer = await intake.take({ seed: SEED, first, count });
  if ('died' in answer) {
    if (count === 1) {
      wrong.push(`case ${first} killed the process: ${answer.died}`);
      return 0;
    }
    const before = wrong.length;
    for (let at = first; at < first + count; at++) {
      await tellingWhich(at, 1, seen, wrong);
    }
    if (wrong.length === before) {
      wrong.push(`cases ${first} to ${first + count - 1} killed the process together: ${answer.died}`);
    }
    return 0;
  }
  seen.push(...answer.became);
  wrong.push(...await wrongs(answer));
  return answer.peakMegabytes;
}

test(`${RUNS} files to which something was done become valid images or are quarantined, and harm nobody (seed ${SEED})`, async () => {
  const seen: Became[] = [];
  const wrong: string[] = [];
  let peak = 0;
  for (let first = FIRST; first < FIRST + RUNS; first += BATCH) {
    peak = Math.max(peak, await tellingWhich(first, Math.min(BATCH, FIRST + RUNS - first), seen, wrong));
  }
  const counts = new Map<string, number>();
  seen.forEach(({ state, reason }) => counts.set(reason ?? state, (counts.get(reason ?? state) ?? 0) + 1));
  if (process.env.FUZZ_RUNS !== undefined) {
    console.info(`${seen.length} cases, seed ${SEED}, peak ${Math.round(peak)} MB`, Object.fromEntries([...counts].sort((a, b) => b[1] - a[1])));
  }
  expect(wrong).toEqual([]);
  expect(peak).toBeLessThan(FUNCTION_MEGABYTES);
  if (RUNS >= 400) {
    // the files are broken enough, and not too much
    expect(counts.get('DONE')).toBeGreaterThan(RUNS / 20);
    expect(counts.size).toBeGreaterThanOrEqual(5);
  }
}, 60_000 + RUNS * PATIENCE);

test('a process that outgrows the function\'s memory is killed by it and found', async () => {
  const answer = await intake.take({ seed: SEED, first: -1, count: 0, megabytes: FUNCTION_MEGABYTES });
  expect(answer).toMatchObject({ died: expect.stringMatching(/./) });
});

test('the same numbers give the same file, every mutation is used, and nearly all files differ from whole ones', async () => {
  const corpus = await makeCorpus();
  const mutants = Array.from({ length: 300 }, (_, index) => mutantOf(corpus, SEED, index));
  expect(mutantOf(corpus, SEED, 123)).toEqual(mutants[123]);
  expect(new Set(mutants.flatMap(({ mutations }) => mutations))).toEqual(new Set([...Object.keys(MUTATIONS), 'mend checksums']));
  expect(mutants.filter(({ bytes }, index) => bytes.equals(corpus[index % corpus.length].bytes)).length).toBeLessThan(15);
});
