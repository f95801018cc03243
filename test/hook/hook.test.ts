import { HookRequest } from '../../src/contract/hook';
import { HookStore, HookedDrop, featureEngineeringHook } from '../../src/hook';
import { readAnswer } from '../../src/runtime/intake/hook/answer';

const REQUEST: HookRequest = {
  contractVersion: 1, project: 'froth',
  drop: { bucket: 'drop', key: 'a.jpg', versionId: 'v1', sha256: '0a', size: 3 },
  source: { bucket: 'drop', key: 'a.jpg', versionId: 'v1' },
  output: { bucket: 'input', prefix: 'staging/0a/1/', maxImages: 1_000, maxImageBytes: 1, maxImagePixels: 1 },
};
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const PNG = Buffer.from([0x89, 0x50, 0x4e]);

function hook(work: (drop: HookedDrop) => Promise<void>) {
  const written: string[] = [];
  const store: HookStore = {
    read: async (...place) => Buffer.from(place.join(' ')),
    write: async (bucket, key, body, contentType) => {
      written.push(`${bucket} ${key} ${body.length} ${contentType}`);
    },
  };
  return { written, handler: featureEngineeringHook(work, store) };
}

test('reads the drop, writes the images below the prefix in the order they were handed in, and answers as the contract wants it', async () => {
  let read = '';
  const { handler, written } = hook(async (drop) => {
    read = (await drop.bytes()).toString();
    await Promise.all([drop.image(JPEG, { priority: 3, inverseTransform: [1, 0, 0, 1, 0, 0] }), drop.image(PNG, { name: 'b' })]);
  });
  const answer = await handler(REQUEST);
  expect(read).toBe('drop a.jpg v1');
  expect(written).toEqual(['input staging/0a/1/0.jpg 3 image/jpeg', 'input staging/0a/1/1.png 3 image/png']);
  expect(answer).toEqual({
    contractVersion: 1,
    images: [{ key: 'staging/0a/1/0.jpg', priority: 3, inverseTransform: [1, 0, 0, 1, 0, 0] }, { key: 'staging/0a/1/1.png', name: 'b' }],
  });
  expect(readAnswer(JSON.stringify(answer), REQUEST.output.prefix)).toEqual({ answer });
});

test('rejects', async () => {
  const { handler } = hook(async (drop) => drop.reject('too-dark'));
  const answer = await handler(REQUEST);
  expect(answer).toEqual({ contractVersion: 1, reject: { reason: 'too-dark' } });
  expect(readAnswer(JSON.stringify(answer), REQUEST.output.prefix)).toEqual({ answer });
});

test('an answer without images is one too', async () => {
  expect(await hook(async () => undefined).handler(REQUEST)).toEqual({ contractVersion: 1, images: [] });
});

test.each<[string, (drop: HookedDrop) => Promise<void>, HookRequest, RegExp]>([
  ['another version', async () => undefined, { ...REQUEST, contractVersion: 2 }, /knows version 1 of the contract and was called with 2/],
  ['no request', async () => undefined, undefined as unknown as HookRequest, /was called with undefined/],
  ['a rejection with images', async (drop) => { await drop.image(JPEG); drop.reject('no'); }, REQUEST, /rejected \(no\) although 1 images/],
  ['what no browser shows', (drop) => drop.image(Buffer.from('II*\0')), REQUEST, /must be a JPEG or a PNG/],
])('throws for %s', async (_, work, request, says) => {
  await expect(hook(work).handler(request)).rejects.toThrow(says);
});
