import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUCKET, OUTPUT_MANIFEST_KEY, runChain, unfitLines } from './core/chain';
import { FolderObjects } from './core/folder-objects';
import { Amounts, amountsOf, kindsOf, writeDataSet, writeManifest } from './core/manifest';
import { CURRENT_DATA_SET_KEY } from '../../src/contract/environment';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'core-bench-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(amounts: Amounts): Promise<void> {
  const objects = new FolderObjects(folder);
  await writeManifest(objects.file(BUCKET, OUTPUT_MANIFEST_KEY), amounts);
  await writeDataSet(objects.file(BUCKET, CURRENT_DATA_SET_KEY), amounts);
}

test('the composition of the manifest adds up, and its kinds come mixed', () => {
  const amounts = amountsOf(10_000);
  const kinds = [...kindsOf(amounts)].map(({ kind }) => kind);
  const of = (kind: string, part = kinds) => part.filter((one) => one === kind).length;
  const { lines, ...parts } = amounts;
  expect(kinds).toHaveLength(lines);
  expect(Object.fromEntries(Object.keys(parts).map((kind) => [kind, of(kind)]))).toEqual(parts);
  expect(of('carried', kinds.slice(0, 1_000))).toBeCloseTo(amounts.carried / 10, -1);
});

test('the whole way on a small manifest', async () => {
  const amounts = amountsOf(2_000);
  await write(amounts);
  const { awaited, chained, steps } = await runChain(folder, amounts);
  expect(awaited).toBe(amounts.fresh + amounts.failed + amounts.open);
  expect(chained).toBe(amounts.carried + amounts.known + amounts.fresh);
  expect(steps).toHaveLength(3);
  await expect(unfitLines(folder)).resolves.toBe(0);
});

test('a core that leaves out lines is found', async () => {
  const amounts = amountsOf(1_000);
  await write({ ...amounts, carried: amounts.carried - 1, unlabeled: amounts.unlabeled + 1 });
  await expect(runChain(folder, amounts)).rejects.toThrow(`labeled lines: ${amounts.carried + amounts.known + amounts.fresh - 1}, expected`);
});
