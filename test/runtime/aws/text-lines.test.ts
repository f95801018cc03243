import * as fc from 'fast-check';
import { textLines } from '../../../src/runtime/aws/text-lines';

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of textLines((async function* () { yield* pieces; })())) {
    lines.push(line);
  }
  return lines;
}

test('lines are the same wherever the text is cut', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/[\r\n\ufeff]/g, ''));
  await fc.assert(fc.asyncProperty(
    fc.array(fc.record({ line, end: fc.constantFrom('\n', '\r\n') })), line, fc.array(fc.nat(400)), async (parts, last, cuts) => {
      const bytes = Buffer.from(parts.map((part) => part.line + part.end).join('') + last);
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      expect(await linesOf(pieces)).toEqual([...parts.map((part) => part.line), ...(last === '' ? [] : [last])]);
    }));
});

test('a long line of many pieces is read in time', async () => {
  const piece = Buffer.alloc(1_024, 'x');
  const [line] = await linesOf(Array(50_000).fill(piece));
  expect(line).toHaveLength(50_000 * 1_024);
});

test('bytes that are no UTF-8 do not stop the reading', async () => {
  expect(await linesOf([Uint8Array.from([0xff, 0x0a]), Buffer.from('next\n')])).toEqual(['\ufffd', 'next']);
});
