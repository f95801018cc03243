import * as fc from 'fast-check';
import { encodeKey, s3EventMessage } from '../../../src/local/runner/s3-events';

/** Decodes as web forms do: another implementation than the one that encodes. */
const decodeForm = (encoded: string) => new URLSearchParams(`key=${encoded}`).get('key');

const keys = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '+', '%', '/', '&', '=', '2', 'F', '(', '~', '*', 'ü', '漢', '😀'), minLength: 1 }),
);

describe('keys in S3 events', () => {
  test.each([
    ['camera 1/a b.jpg', 'camera+1/a+b.jpg'],
    ['a+b.jpg', 'a%2Bb.jpg'],
    ['für/漢.png', 'f%C3%BCr/%E6%BC%A2.png'],
    ['100%2F(x)!.jpg', '100%252F%28x%29%21.jpg'],
  ])('%s is written as %s', (key, encoded) => {
    expect(encodeKey(key)).toBe(encoded);
  });

  test('every key can be decoded again', () => {
    fc.assert(fc.property(keys, key => decodeForm(encodeKey(key)) === key));
  });

  test('an encoded key has only characters that AWS uses', () => {
    fc.assert(fc.property(keys, key => /^[A-Za-z0-9._*/+%-]+$/.test(encodeKey(key))));
  });

  test('the later event of a key has the larger sequencer', () => {
    const put = (time: number) => {
      const message = s3EventMessage([{ bucket: 'b', key: 'k', eTag: 'e', size: 1, time: new Date(time) }], 'eu-west-1');
      return (JSON.parse(message) as { Records: { s3: { object: { sequencer: string } } }[] }).Records[0].s3.object.sequencer;
    };
    const [first, second, third] = [put(1_700_000_000_000), put(1_700_000_000_000), put(1_700_000_000_001)];
    expect([third, first, second].sort()).toEqual([first, second, third]);
  });

  test('the version is there only where the bucket has versions', () => {
    const object = (versionId?: string) => {
      const message = s3EventMessage([{ bucket: 'b', key: 'k', eTag: 'e', size: 1, versionId }], 'eu-west-1');
      return (JSON.parse(message) as { Records: { s3: { object: object } }[] }).Records[0].s3.object;
    };
    expect(object('v1')).toMatchObject({ versionId: 'v1', key: 'k' });
    expect(object()).not.toHaveProperty('versionId');
  });
});
