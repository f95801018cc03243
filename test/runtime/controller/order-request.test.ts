import { checkedOrder } from '../../../src/runtime/controller/order-request';

const SOURCE = { bucket: 'archive', prefix: 'photos/' };

test('what is null was left out', () => {
  expect(checkedOrder({
    command: 'backfill-plan', by: null, backfill: { source: { ...SOURCE, inventory: null }, objectsPerMinute: null, plan: null },
  } as never)).toEqual({ command: 'backfill-plan', by: undefined, subject: { backfill: { source: SOURCE } } });
  expect(checkedOrder({ command: 'backfill-stop', backfill: null } as never)).toMatchObject({ subject: { backfill: undefined } });
});

test.each<[string, object, RegExp]>([
  ['an unknown command', { command: 'dance' }, /unknown command 'dance'; allowed are status, pause/],
  ['somebody who is no text', { command: 'pause', by: { a: 1 } }, /the order's by is wrong: .*string/],
  ['somebody with a name that is too long', { command: 'pause', by: 'x'.repeat(201) }, /the order's by is wrong: .*200/],
  ['a source without a bucket', { command: 'backfill-plan', backfill: { source: { prefix: '' } } }, /the order's backfill\.source\.bucket is wrong/],
  ['a member that is not known', { command: 'backfill-plan', backfill: { sources: SOURCE } }, /the order's backfill is wrong: .*sources/],
  ['a key that no bucket can have', { command: 'requeue', targets: { drops: [{ bucket: 'b', key: 'é'.repeat(513), versionId: '1' }] } }, /wrong at drops\.0\.key: has more than 1024 bytes/],
  ['more than an item of the ledger holds', {
    command: 'requeue', targets: { drops: Array.from({ length: 100 }, () => ({ bucket: 'b', key: 'k'.repeat(1_024), versionId: 'v'.repeat(1_000) })) },
  }, /has \d+ bytes; at most 200000 are allowed: name fewer things at once/],
])('%s is refused before it is written down', (_name, request, message) => {
  expect(() => checkedOrder(request as never)).toThrow(message);
});

test('targets of any length that S3 allows are taken', () => {
  const targets = { images: [`s3://${'b'.repeat(63)}/${'k'.repeat(1_024)}`], drops: [{ bucket: 'b'.repeat(63), key: 'k'.repeat(1_024), versionId: 'v'.repeat(1_000) }] };
  expect(checkedOrder({ command: 'requeue', targets }).subject).toEqual({ targets });
});
