import { audit, imbalances } from '../../../src/local/demo/audit';
import { news } from '../../../src/local/demo/news';
import { DropFile } from '../../../src/local/demo/scenario';
import { LedgerItem, viewLedger } from '../../../src/local/ledger-view';

const drop = (key: string, state: string, more: object = {}): LedgerItem =>
  ({ pk: `DROP#drop/${key}`, sk: 'VERSION#1', bucket: 'drop', key, versionId: '1', state, receivedAt: 1, ...more });
const image = (name: string, state: string): LedgerItem =>
  ({ pk: `IMAGE#s3://input/${name}`, sk: 'IMAGE', sourceRef: `s3://input/${name}`, state, receivedAt: 1, provenance: { 'drop-key': name } });
const count = (shard: string, counts: object): LedgerItem => ({ pk: 'PROJECT', sk: `COUNT#${shard}`, ...counts });
const job = (number: number, more: object): LedgerItem => ({ pk: 'JOB', sk: `00000000${number}`, number, name: `demo-1-${number}`, ...more });

test('the items of a ledger in order', () => {
  const view = viewLedger([
    { pk: 'IMAGE#s3://input/a', sk: 'HISTORY#2#x', at: 2, event: 'sent' },
    { pk: 'IMAGE#s3://input/a', sk: 'HISTORY#1#x', at: 1, event: 'pending' },
    image('a', 'SENT'), job(2, { phase: 'CREATED' }), job(1, { phase: 'ENDED' }),
    count('0', { 'image:SENT': 2, 'outbox': 1 }), count('1', { 'image:SENT': -1 }),
    { pk: 'PROJECT', sk: 'ALERT#breaker', message: 'open' }, { pk: 'PROJECT', sk: 'STATE' }, drop('a.jpg', 'DONE'),
  ]);
  expect(view.images.map(({ history }) => history.map(({ event }) => event))).toEqual([['pending', 'sent']]);
  expect(view.jobs.map(({ number }) => number)).toEqual([1, 2]);
  expect(view.counts).toEqual({ 'image:SENT': 1, 'outbox': 1 });
  expect(view.alerts).toEqual([{ code: 'breaker', message: 'open' }]);
  expect(view.drops.map(({ key }) => key)).toEqual(['a.jpg']);
});

test('the news between two looks, each told once', () => {
  const before = viewLedger([drop('a.jpg', 'RECEIVED'), job(1, { phase: 'CREATED', status: 'InProgress' })]);
  const after = viewLedger([
    drop('a.jpg', 'DONE'), drop('b.jpg', 'QUARANTINED', { reason: 'empty' }), drop('c.jpg', 'DUPLICATE', { reason: 's3://drop/x/a.jpg' }),
    job(1, { phase: 'ENDED', endStatus: 'Failed', open: 4, offered: 13 }), job(2, { phase: 'CREATED', status: 'Initializing', carried: 9 }),
    { pk: 'PROJECT', sk: 'ALERT#breaker', message: 'open' },
  ]);
  expect(news(before, after).map(({ topic, text }) => `${topic}: ${text}`)).toEqual([
    'quarantine: b.jpg: empty',
    'duplicate: c.jpg has the bytes of x/a.jpg',
    'job 1: ended as Failed; 4 of its 13 images have no label',
    'job 2: demo-1-2 is created, with the 9 labels so far',
    'alert: breaker: open',
  ]);
  expect(news(after, after)).toEqual([]);
  const later = viewLedger([job(1, { phase: 'SETTLED' }), job(2, { phase: 'CREATED', status: 'InProgress' }), job(3, { phase: 'REFUSED', failureReason: 'no' })]);
  expect(news(after, later).map(({ text }) => text)).toEqual(['is settled: it has said all that it will ever say', 'is in progress', 'was refused: no']);
});

describe('audit', () => {
  const file = (key: string, reason?: string): DropFile => ({ key, bytes: Buffer.alloc(0), sha256: `hash-of-${key}`, reason });
  const items = [
    drop('a.jpg', 'DONE'), drop('b.jpg', 'DUPLICATE'), drop('c.jpg', 'QUARANTINED', { reason: 'empty' }), image('a', 'LABELED'),
    count('0', { 'drop:DONE': 1, 'drop:DUPLICATE': 1, 'drop:QUARANTINED': 1, 'image:LABELED': 1, 'image:SENT': 0 }),
  ];
  const ending = {
    dropped: [file('a.jpg'), file('b.jpg'), file('c.jpg', 'empty')], ledger: viewLedger(items), inbox: [],
    originals: ['originals/hash-of-a.jpg/a.jpg', 'originals/hash-of-b.jpg/b.jpg'], quarantine: ['quarantine/hash-of-c.jpg/c.jpg'],
  };

  test('nothing is left', () => {
    expect(audit(ending)).toEqual([]);
  });

  test.each<[string, object]>([
    ['the ledger does not know this drop', { dropped: [...ending.dropped, file('d.jpg')] }],
    ['its bytes are not among the originals', { originals: ending.originals.slice(1) }],
    ['its bytes are not in quarantine', { quarantine: [] }],
    ['it still lies in the drop bucket', { inbox: ['a.jpg'] }],
    ['it should be in quarantine as "truncated" and is QUARANTINED (empty)', { dropped: [file('a.jpg'), file('b.jpg'), file('c.jpg', 'truncated')] }],
    ['the drop is QUARANTINED (empty)', { dropped: [file('c.jpg')], originals: ['hash-of-c.jpg'] }],
    ['the ledger has it as SENT', { ledger: viewLedger([...items, image('b', 'SENT'), count('1', { 'image:SENT': 1 })]) }],
    ['open', { ledger: viewLedger([...items, { pk: 'PROJECT', sk: 'ALERT#breaker', message: 'open' }]) }],
  ])('%s', (why, change) => {
    expect(audit({ ...ending, ...change })).toMatchObject([{ why }]);
  });

  test('books that do not balance', () => {
    expect(imbalances(viewLedger([...items, count('1', { 'image:PENDING': 3 }), image('z', 'LABELED')])))
      .toEqual([{ what: 'ledger', why: 'it counts 1 as image:LABELED and holds 2' }, { what: 'ledger', why: 'it counts 3 as image:PENDING and holds 0' }]);
  });
});
