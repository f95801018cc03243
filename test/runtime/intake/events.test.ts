import { encodeEventKey } from '../../../src/local/simulator/memory-cloud/notifications';
import { UnreadableEventError, createdObjects } from '../../../src/runtime/intake/events';

const record = (eventName: string, object: object = { key: 'a+b/%C3%BC.jpg', versionId: 'v1' }): object => ({ eventName, s3: { bucket: { name: 'drop' }, object } });
const body = (...records: object[]): string => JSON.stringify({ Records: records });

test.each(['ObjectCreated:Put', 'ObjectCreated:Post', 'ObjectCreated:Copy', 'ObjectCreated:CompleteMultipartUpload', 's3:ObjectCreated:Put'])('%s', (name) => {
  expect(createdObjects(body(record(name)))).toEqual([{ bucket: 'drop', key: 'a b/ü.jpg', versionId: 'v1' }]);
});

test('a bucket without versions names none', () => {
  expect(createdObjects(body(record('ObjectCreated:Put', { key: 'a', versionId: '' }), record('ObjectCreated:Put', { key: 'b' }))))
    .toEqual([{ bucket: 'drop', key: 'a' }, { bucket: 'drop', key: 'b' }]);
});

test('S3\'s test event and what is no creation give nothing', () => {
  expect(createdObjects(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'drop' }))).toEqual([]);
  expect(createdObjects(body(record('ObjectRemoved:Delete'), record('ObjectRestore:Completed'), {}))).toEqual([]);
});

test.each(['', 'no json', 'null', '[]', '{}', '{"Records":{}}', body({ eventName: 'ObjectCreated:Put' }), body({ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 1 }, object: { key: 'a' } } })])(
  '%s is no S3 event', (text) => {
    expect(() => createdObjects(text)).toThrow(UnreadableEventError);
  });

test('keys come back as they were dropped', () => {
  for (const key of ['a b.jpg', 'a+b.jpg', 'ü/日本.jpg', '100%.jpg', '\'(1)!*.jpg']) {
    expect(createdObjects(body(record('ObjectCreated:Put', { key: encodeEventKey(key) })))[0].key).toBe(key);
  }
});
