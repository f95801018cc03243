import * as fc from 'fast-check';
import { cleanLine, offerId, offerMessage, offeredTo, parseKeptLine, parseLine, verdict } from '../../../src/runtime/core/label-lines';

const METADATA = { 'type': 'groundtruth/image-classification', 'job-name': 'froth-0a1b2c3d-1', 'human-annotated': 'yes', 'creation-date': '2026-01-05T08:00:00.000000' };

/** Lines in the forms that AWS publishes. */
const LABELED: { readonly [name: string]: readonly [attribute: string, line: object] } = {
  'a class 0 as a number': ['species', { 'source-ref': 's3://b/i.jpg', 'species': 0, 'species-metadata': METADATA }],
  'a class 0 as a text': ['species', {
    'source-ref': 's3://b/i.jpg', 'species': '0', 'species-metadata': { ...METADATA, 'class-name': 'dog', 'confidence': 0.0 },
  }],
  'several classes': ['lan', {
    'source-ref': 's3://b/i.jpg', 'lan': [1, 0, 8],
    'lan-metadata': { ...METADATA, 'job-name': 'labeling-job/froth-0a1b2c3d-1', 'class-map': { 1: 'bicycle', 0: 'person', 8: 'clothing' } },
  }],
  'no class at all': ['lan', { 'source-ref': 's3://b/i.jpg', 'lan': [], 'lan-metadata': METADATA }],
  'boxes': ['lan', {
    'source-ref': 's3://b/i.png',
    'lan': { image_size: [{ width: 500, height: 400, depth: 3 }], annotations: [{ class_id: 0, left: 111, top: 134, width: 61, height: 128 }] },
    'lan-metadata': { ...METADATA, 'objects': [{ confidence: 0.8 }], 'class-map': { 0: 'dog', 5: 'bone' } },
  }],
  'nothing to box': ['lan', { 'source-ref': 's3://b/i.png', 'lan': { image_size: [], annotations: [] }, 'lan-metadata': { ...METADATA, objects: [] } }],
  'a mask': ['city-streets-ref', {
    'source-ref': 's3://b/city.png', 'city-streets-ref': 's3://out/mask.png',
    'city-streets-ref-metadata': { ...METADATA, 'internal-color-map': { 0: { 'class-name': 'BACKGROUND', 'hex-color': '#ffffff' } } },
  }],
  'streaming keys': ['lan', {
    'source-ref': 's3://b/i.jpg', 'dataset-objectid-attribute-name': '$lan-object-id', 'lan': 0, 'lan-metadata': {}, '$lan-object-id': 'x', '$sequencer': '1',
  }],
  'a label without metadata': ['lan', { 'source-ref': 's3://b/i.jpg', 'lan': null }],
};

describe('what a line says', () => {
  test.each(Object.entries(LABELED))('%s: labeled', (_name, [attribute, line]) => {
    const parsed = parseLine(JSON.stringify(line))!;
    expect(verdict(parsed, attribute).kind).toBe('labeled');
    expect(verdict(parsed, 'another').kind).toBe('unlabeled');
  });

  test('the job is the one that the metadata names', () => {
    expect(verdict(LABELED['several classes'][1] as never, 'lan')).toEqual({
      kind: 'labeled', jobName: 'labeling-job/froth-0a1b2c3d-1', createdAt: '2026-01-05T08:00:00.000000',
    });
    expect(verdict(LABELED['a label without metadata'][1] as never, 'lan')).toEqual({ kind: 'labeled', jobName: undefined });
  });

  test.each([
    ['the input line as it was', { 'source-ref': 's3://b/i.jpg', 'camera': 7 }],
    ['metadata alone', { 'source-ref': 's3://b/i.jpg', 'lan-metadata': METADATA }],
    ['metadata that is no object', { 'source-ref': 's3://b/i.jpg', 'lan-metadata': 'failure-reason' }],
    ['a name that every object has', { 'source-ref': 's3://b/i.jpg' }],
  ])('%s: unlabeled', (name, line) => {
    expect(verdict(line, name.startsWith('a name') ? 'toString' : 'lan').kind).toBe('unlabeled');
  });

  test.each([
    ['without a label', { 'source-ref': 's3://b/i.jpg', 'lan-metadata': { ...METADATA, 'failure-reason': 'expired' } }],
    ['with one', { 'source-ref': 's3://b/i.jpg', 'lan': 0, 'lan-metadata': { ...METADATA, 'failure-reason': 'expired' } }],
  ])('a failure-reason %s: failed', (_name, line) => {
    expect(verdict(line, 'lan')).toEqual({ kind: 'failed', reason: 'expired', jobName: 'froth-0a1b2c3d-1' });
  });

  test('a failure-reason that is no text is kept as it is written', () => {
    expect(verdict({ 'lan-metadata': { 'failure-reason': { toString: 1 } } }, 'lan')).toMatchObject({ kind: 'failed', reason: '{"toString":1}' });
  });

  test('an empty failure-reason is one', () => {
    expect(verdict({ 'lan-metadata': { 'failure-reason': '' } }, 'lan').kind).toBe('failed');
  });
});

test.each(['', 'no json', '[]', '1', 'null', '{}', '{"source-ref":1}', '["source-ref"]', `{"source-ref":"${'x'.repeat(380_001)}"}`])('%.30s is no line', (text) => {
  expect(parseLine(text)).toBeUndefined();
});

test('a line is read as long as an item of the ledger can hold it, which is counted in bytes', () => {
  const line = (letter: string, times: number): string => JSON.stringify({ 'source-ref': 's3://b/i.jpg', 'boxes': letter.repeat(times) });
  expect(parseLine(line('x', 379_000))).toBeDefined();
  expect(parseLine(line('語', 126_000))).toBeDefined();
  expect(parseLine(line('x', 381_000))).toBeUndefined();
  expect(parseLine(line('語', 127_000))).toBeUndefined();
});

test('a line of ours is read however long it is', () => {
  expect(parseKeptLine(JSON.stringify({ 'source-ref': 's3://b/i.jpg', 'boxes': 'x'.repeat(390_000) }))).toBeDefined();
  expect(parseKeptLine('')).toBeUndefined();
});

test.each([
  ['s3://b/i.jpg#12', 12], ['s3://b/i.jpg#0', undefined], ['s3://b/i.jpg#', undefined], ['s3://b/other.jpg#1', undefined], ['12', undefined], [12, undefined],
  [undefined, undefined],
])('the offer %j is of job %j', (id, job) => {
  expect(offeredTo({ 'source-ref': 's3://b/i.jpg', 'offer-id': id })).toBe(job);
});

test('an offer brings its job back', () => {
  const message = offerMessage({ sourceRef: 's3://b/i#1.jpg', jobNumber: 7, provenance: {} });
  expect(offeredTo(parseLine(message)!)).toBe(7);
});

describe('a clean line', () => {
  test('has nothing that a manifest must not have, and everything else', () => {
    const name = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('$a', '$sequencer', 'offer-id', 'dataset-objectid-attribute-name', 'label'));
    fc.assert(fc.property(fc.dictionary(name, fc.jsonValue()), (line) => {
      const clean = cleanLine(line);
      expect(Object.keys(clean).filter((key) => key.startsWith('$') || key === 'offer-id' || key === 'dataset-objectid-attribute-name')).toEqual([]);
      for (const [key, value] of Object.entries(line)) {
        expect(Object.hasOwn(clean, key) ? clean[key] : value).toBe(value);
      }
      expect(Object.keys(clean).length).toBeGreaterThanOrEqual(Object.keys(line).filter((key) => /^[a-z ]+$/.test(key)).length);
      expect(cleanLine(clean)).toEqual(clean);
    }));
  });

  test('is still labeled', () => {
    for (const [attribute, line] of Object.values(LABELED)) {
      expect(verdict(cleanLine(line as never), attribute).kind).toBe('labeled');
    }
  });
});

test('an offer is strict JSON that names its own de-duplication id, one for each image and job', () => {
  const offer = { sourceRef: 's3://input/images/a.jpg', jobNumber: 3, provenance: { 'drop-key': 'ü "a".jpg', 'inverse-transform': [1, 0, 0, 1, 0, 0] } };
  const line = JSON.parse(offerMessage(offer)) as { [name: string]: unknown };
  expect(line['source-ref']).toBe(offer.sourceRef);
  expect(line[String(line['dataset-objectid-attribute-name'])]).toBe(offerId(offer.sourceRef, 3));
  expect(cleanLine(line)).toEqual({ 'source-ref': offer.sourceRef, ...offer.provenance });
  expect(offerId('a', 1)).not.toBe(offerId('a', 2));
});
