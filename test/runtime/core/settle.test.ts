import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { Evidence, Queued, Unsettled, unsettled } from '../../../src/runtime/core/settle';

const NOW = 1_000_000_000;
const QUIET = DEFAULT_TIMINGS.settleQuiet;
const EMPTY: Queued = { recorder: 0, deadLetters: 0 };

const settledJob: Evidence = {
  labeled: 5, offered: 5, carried: 0, request: { workersPerImage: 1 },
  counters: { labeled: 5, failed: 0, unlabeled: 0 }, baseline: { labeled: 0, failed: 0, unlabeled: 0 },
  manifest: { etag: 'a', since: NOW - QUIET, readEtag: 'a', labeledLines: 5 },
};
const judge = (change: Partial<Evidence>, queued: Partial<Queued> = {}): Unsettled | undefined =>
  unsettled({ ...settledJob, ...change }, { ...EMPTY, ...queued }, NOW, DEFAULT_TIMINGS);

test('a job whose labels are recorded and whose manifest is read and quiet is settled', () => {
  expect(judge({})).toBeUndefined();
});

test.each<[Unsettled, Partial<Evidence>, Partial<Queued>]>([
  ['messages-queued', {}, { recorder: 1 }],
  ['messages-dead', {}, { deadLetters: 1 }],
  ['manifest-unread', { manifest: undefined }, {}],
  ['manifest-unread', { manifest: { etag: 'b', since: 0, readEtag: 'a' } }, {}],
  ['manifest-moving', { manifest: { ...settledJob.manifest!, since: NOW - QUIET + 1 } }, {}],
  ['manifest-moving', { manifest: { etag: '', since: NOW } }, {}],
  ['labels-missing', { labeled: 4, manifest: { ...settledJob.manifest!, labeledLines: 4 } }, {}],
])('%s: not yet', (why, change, queued) => {
  expect(judge(change, queued)).toBe(why);
});

test('a job that never wrote a manifest is settled by its messages', () => {
  expect(judge({ manifest: { etag: '', since: 0 } })).toBeUndefined();
  expect(judge({ labeled: 4, manifest: { etag: '', since: 0 } })).toBe('labels-missing');
});

test('a job that the service knows nothing of has no labels to wait for', () => {
  expect(judge({ labeled: 0, counters: undefined, manifest: { etag: '', since: 0 } })).toBeUndefined();
  expect(judge({ labeled: 0, counters: undefined, manifest: { etag: '', since: NOW - QUIET } })).toBeUndefined();
});

test('labels of images that others published to the job are not waited for', () => {
  const counters = { labeled: 6, failed: 0, unlabeled: 0 };
  const read = { ...settledJob.manifest!, labeledLines: 5, foreignLines: 1 };
  expect(judge({ counters, manifest: read })).toBeUndefined();
  expect(judge({ counters, labeled: 4, manifest: { ...read, labeledLines: 4 } })).toBe('labels-missing');
});

describe('counters and the lines that a job carried', () => {
  const carried = 7;
  const read = { ...settledJob.manifest!, labeledLines: carried + 5 };

  test('they may include them, and the first look showed it', () => {
    const counters = { labeled: carried + 5, failed: 0, unlabeled: 0 };
    const baseline = { labeled: carried, failed: 0, unlabeled: 0 };
    expect(judge({ carried, counters, baseline, manifest: read })).toBeUndefined();
    expect(judge({ carried, counters, baseline, manifest: { ...read, labeledLines: 5 } })).toBeUndefined();
    expect(judge({ carried, counters, baseline, labeled: 4, manifest: { ...read, labeledLines: carried + 4 } })).toBe('labels-missing');
  });

  test('they may include them, and the first look came too early to show it: the manifest tells', () => {
    const counters = { labeled: carried + 5, failed: 0, unlabeled: 0 };
    expect(judge({ carried, counters, manifest: read })).toBeUndefined();
    expect(judge({ carried, counters, baseline: undefined, manifest: read })).toBeUndefined();
    const open = { offered: 9, labeled: 0, counters: { labeled: carried, failed: 4, unlabeled: 5 } };
    expect(judge({ carried, ...open, manifest: { ...read, labeledLines: carried } })).toBeUndefined();
    expect(judge({ carried, counters, labeled: 4, manifest: { ...read, labeledLines: carried + 4 } })).toBe('labels-missing');
  });

  test('they may leave them out: then carried lines in the manifest do not stand in for labels that are missing', () => {
    const counters = { labeled: 5, failed: 0, unlabeled: 0 };
    expect(judge({ carried, counters, manifest: read })).toBeUndefined();
    expect(judge({ carried, counters, labeled: 4, manifest: { ...read, labeledLines: carried + 4 } })).toBe('labels-missing');
  });

  test('what strangers send to the input topic is counted too: a little more than was offered proves no carried lines', () => {
    // Of four images three are labeled, and two of the labels are recorded. A stranger's message failed, and one line was carried.
    const job = { carried: 1, offered: 4, labeled: 2, counters: { labeled: 3, failed: 1, unlabeled: 1 } };
    const manifest = { ...read, labeledLines: 3 };
    expect(judge({ ...job, manifest })).toBe('labels-missing');
    expect(judge({ ...job, manifest: { ...manifest, since: NOW - DEFAULT_TIMINGS.settleDeadline / 2 } })).toBeUndefined();
    expect(judge({ ...job, counters: { labeled: 3, failed: 1, unlabeled: 5 }, manifest })).toBe('labels-missing');
    expect(judge({ ...job, counters: { labeled: 3, failed: 1, unlabeled: 6 }, manifest })).toBeUndefined();
  });

  test('nor is more than a little, unless it and the labels counted are as many as were carried', () => {
    const job = { carried: 12, offered: 4, labeled: 2, manifest: { ...read, labeledLines: 12 + 2 } };
    expect(judge({ ...job, counters: { labeled: 3, failed: 0, unlabeled: 1 + 40 } })).toBe('labels-missing');
    expect(judge({ ...job, offered: 20, counters: { labeled: 13, failed: 0, unlabeled: 7 + 11 } })).toBe('labels-missing');
    expect(judge({ ...job, counters: { labeled: 12 + 2, failed: 0, unlabeled: 2 } })).toBeUndefined();
  });

  test.each([
    // labels that the counters have, and the ledger has not
    { carried: 20, labeled: 8, counted: 10, foreign: 0 },
    { carried: 20, labeled: 8, counted: 22, foreign: 0 },
    { carried: 20, labeled: 8, counted: 25, foreign: 4 },
  ])('where the counters cannot hold the carried lines beside what is recorded, labels are missing, however long it is quiet: %j', (seen) => {
    expect(judge({
      carried: seen.carried, offered: 12, labeled: seen.labeled, counters: { labeled: seen.counted, failed: 0, unlabeled: 0 },
      manifest: { ...read, since: 0, labeledLines: seen.carried + seen.labeled, foreignLines: seen.foreign },
    })).toBe('labels-missing');
  });

  test('where they can, beside images of strangers, a long quiet decides', () => {
    const quiet = { ...read, labeledLines: 30, foreignLines: 3 };
    const job = { carried: 20, offered: 10, labeled: 10, counters: { labeled: 33, failed: 0, unlabeled: 0 } };
    expect(judge({ ...job, manifest: { ...quiet, since: 0 } })).toBeUndefined();
  });

  test('where both may be, because images never arrived, only a long quiet decides', () => {
    const job = { carried: 1, offered: 3, labeled: 0, counters: { labeled: 1, failed: 0, unlabeled: 0 } };
    expect(judge({ ...job, manifest: { ...read, labeledLines: 1 } })).toBe('labels-missing');
    expect(judge({ ...job, manifest: { ...read, labeledLines: 1, since: NOW - DEFAULT_TIMINGS.settleDeadline / 2 } })).toBeUndefined();
  });
});

describe('where several workers answer', () => {
  const request = { workersPerImage: 3 };

  test('one answer that was recorded as a label does not stand in for a label that is missing: the manifest tells', () => {
    // Of two images the counters hold the label of one; recorded is the other one's first answer.
    const job = { request, offered: 2, labeled: 1, counters: { labeled: 1, failed: 0, unlabeled: 1 } };
    expect(judge({ ...job, manifest: { etag: '', since: 0 } })).toBe('labels-missing');
    expect(judge({ ...job, manifest: { ...settledJob.manifest!, labeledLines: 0 } })).toBe('labels-missing');
    expect(judge({ ...job, labeled: 2, manifest: { ...settledJob.manifest!, labeledLines: 1 } })).toBeUndefined();
  });

  test('nor does a carried line', () => {
    const job = { request, carried: 7, offered: 2, labeled: 1, counters: { labeled: 1, failed: 0, unlabeled: 1 } };
    expect(judge({ ...job, manifest: { ...settledJob.manifest!, labeledLines: 7 } })).toBe('labels-missing');
    expect(judge({ ...job, labeled: 2, manifest: { ...settledJob.manifest!, labeledLines: 8 } })).toBeUndefined();
  });

  test('a job that labeled nothing needs no manifest', () => {
    const counters = { labeled: 0, failed: 0, unlabeled: 2 };
    expect(judge({ request, carried: 7, labeled: 1, counters, manifest: { etag: '', since: 0 } })).toBeUndefined();
  });
});
