import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { decodeEventKey, imageObjectKey, isFolderMarker, originalKey, parseS3Uri, quarantineKey, s3Uri } from '../../../src/runtime/core/object-keys';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** Keys as S3 takes them: up to 1,024 bytes of anything. */
const key = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.array(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('', '.', '..', 'ü', '日本', 'a b', 'x'.repeat(300))), { minLength: 1, maxLength: 6 })
    .map((segments) => segments.join('/')),
).filter((text) => text.length > 0 && Buffer.byteLength(text) <= 1_024);
const drop = fc.record({ key, content: fc.string() }).map(({ key: path, content }) => ({ key: path, sha256: sha256(content) }));
const bucket = fc.stringMatching(/^[a-z0-9]{3,63}$/);
const index = fc.nat(99);

describe('the key of an image', () => {
  test('makes a source-ref of at most 1,000 bytes of safe characters, with the extension that Ground Truth wants', () => {
    fc.assert(fc.property(bucket, drop, index, fc.constantFrom('jpg', 'png'), (name, given, at, extension) => {
      const made = imageObjectKey(name, given, at, extension);
      expect(Buffer.byteLength(s3Uri(name, made))).toBeLessThanOrEqual(1_000);
      expect(made).toMatch(/^images\/[A-Za-z0-9._/-]+$/);
      expect(made.endsWith(`-${given.sha256.slice(0, 16)}-${at}.${extension}`)).toBe(true);
      expect(made).not.toMatch(/\/\/|\/\.{1,2}\//);
    }), { numRuns: 500 });
  });

  test('differs for drops of different content, and for the images of one drop', () => {
    fc.assert(fc.property(drop, drop, index, index, (one, other, first, second) => {
      fc.pre(one.sha256 !== other.sha256 || first !== second);
      expect(imageObjectKey('input', one, first, 'jpg')).not.toBe(imageObjectKey('input', other, second, 'jpg'));
    }), { numRuns: 500 });
  });

  test('keeps the drop\'s path readable', () => {
    expect(imageObjectKey('input', { key: 'line 1/cäm/a b.final.JPG', sha256: 'ab'.repeat(32) }, 3, 'png'))
      .toBe('images/line_1/c_m/a_b.final-abababababababab-3.png');
  });

  test('loses its first folders before its name is cut', () => {
    const made = imageObjectKey('input', { key: `${'first/'.repeat(60)}last/${'n'.repeat(600)}.jpg`, sha256: 'ab'.repeat(32) }, 0, 'jpg');
    expect(made).toContain(`last/${'n'.repeat(600)}-ab`);
    expect(Buffer.byteLength(s3Uri('input', made))).toBeGreaterThan(990);
  });
});

test('kept drops lie under keys that S3 takes, apart for each content and apart from each other', () => {
  fc.assert(fc.property(drop, drop, (one, other) => {
    for (const keyOf of [originalKey, quarantineKey]) {
      expect(keyOf(one)).toMatch(/^(originals|quarantine)\/[A-Za-z0-9._/-]+$/);
      expect(Buffer.byteLength(keyOf(one))).toBeLessThanOrEqual(1_024);
      expect(keyOf(one)).toContain(one.sha256);
      expect(keyOf(one) === keyOf(other) && one.sha256 !== other.sha256).toBe(false);
    }
    expect(originalKey(one)).not.toBe(quarantineKey(one));
  }), { numRuns: 300 });
});

describe('keys in S3 events', () => {
  test.each([
    ['red+flower.jpg', 'red flower.jpg'], ['a%2Bb.jpg', 'a+b.jpg'], ['%C3%BC/%E6%97%A5.jpg', 'ü/日.jpg'], ['100%25.jpg', '100%.jpg'], ['a/b.jpg', 'a/b.jpg'],
  ])('%s is %s', (encoded, decoded) => {
    expect(decodeEventKey(encoded)).toBe(decoded);
  });

  test('are decoded as S3 encodes them', () => {
    fc.assert(fc.property(key, (plain) => {
      const encoded = encodeURIComponent(plain).replace(/%20/g, '+').replace(/%2F/g, '/');
      expect(decodeEventKey(encoded)).toBe(plain);
    }));
  });
});

test('S3 URIs are taken apart as they are put together', () => {
  fc.assert(fc.property(bucket, key, (name, path) => {
    expect(parseS3Uri(s3Uri(name, path))).toEqual({ bucket: name, key: path });
  }));
  expect(['s3://bucket', 's3://bucket/', 'https://x/y', 'bucket/key', ''].map(parseS3Uri)).toEqual(Array(5).fill(undefined));
});

test('only an empty object that ends in a slash is a folder marker', () => {
  expect([isFolderMarker('a/', 0), isFolderMarker('a/', 1), isFolderMarker('a', 0)]).toEqual([true, false, false]);
});
