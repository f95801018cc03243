import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { unzipSync } from 'fflate';
import { zipFolder } from '../../../src/local/runner/zip';

describe('zip files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zip-'));
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'b', 'ü.js'), 'two');
    writeFileSync(join(folder, 'a.js'), 'one');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('have all files', () => {
    const files = Object.entries(unzipSync(zipFolder(folder))).map(([name, data]) => [name, Buffer.from(data).toString()]);
    expect(files).toEqual([['a.js', 'one'], ['b/ü.js', 'two']]);
  });

  test('of the same files are the same, whenever they were written', () => {
    const first = zipFolder(folder);
    utimesSync(join(folder, 'a.js'), 1_000_000_000, 1_000_000_000);
    expect(Buffer.from(zipFolder(folder)).equals(first)).toBe(true);
  });

  test('tell what is a program', () => {
    const first = zipFolder(folder);
    chmodSync(join(folder, 'a.js'), 0o755);
    expect(Buffer.from(zipFolder(folder)).equals(first)).toBe(false);
  });
});
