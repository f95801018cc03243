import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The chain whose last job is harvested. */
export const CHAIN = { projectName: 'froth', chainId: '0a1b2c3d' };
export const JOB = 6;
export const JOB_NAME = `${CHAIN.projectName}-${CHAIN.chainId}-${JOB}`;
export const ATTRIBUTE = 'boxes';

/** How the lines of the job's output manifest are composed. */
export interface Amounts {
  readonly lines: number;
  /** Labeled by earlier jobs; the data set has them. */
  readonly carried: number;
  /** Labeled by this job; a message told the ledger before. */
  readonly known: number;
  /** Labeled by this job; the ledger learns it from the manifest. */
  readonly fresh: number;
  /** Given up by this job. */
  readonly failed: number;
  /** With this job and not labeled. */
  readonly open: number;
  /** Given up by earlier jobs. */
  readonly failedBefore: number;
  /** Neither labeled nor ours any more. */
  readonly unlabeled: number;
}

/** Images that the ledger awaits from the job fit the largest window: the most tasks that may be at once, less one worker. */
const WINDOW = 4_999;

/** Most lines of a long chain were carried in from earlier jobs. */
export function amountsOf(lines: number): Amounts {
  const awaited = Math.min(WINDOW, Math.floor(lines / 20));
  const failed = Math.floor(awaited / 20);
  const open = Math.floor(awaited / 30);
  const parts = {
    carried: Math.floor(lines * 0.8), known: awaited, fresh: awaited - failed - open, failed, open, failedBefore: Math.floor(lines / 25),
  };
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  return { lines, ...parts, unlabeled: lines - sum };
}

export type Kind = Exclude<keyof Amounts, 'lines'>;

/** What the lines say about the images, in the order of the manifest. Kinds come mixed, as they come in a manifest. */
export function* kindsOf(amounts: Amounts): IterableIterator<{ readonly kind: Kind; readonly index: number }> {
  const kinds: readonly Kind[] = ['carried', 'unlabeled', 'failedBefore', 'known', 'fresh', 'failed', 'open'];
  const given: { [kind in Kind]?: number } = {};
  for (let line = 1; line <= amounts.lines; line++) {
    // the kind that is furthest behind its share
    let next = kinds[0];
    let most = -Infinity;
    for (const kind of kinds) {
      const behind = amounts[kind] * line / amounts.lines - (given[kind] ?? 0);
      if (behind > most && (given[kind] ?? 0) < amounts[kind]) {
        next = kind;
        most = behind;
      }
    }
    const index = given[next] ?? 0;
    given[next] = index + 1;
    yield { kind: next, index };
  }
}

/** The name of an image; its drop lay in a folder for each day. */
export function imageName(kind: Kind, index: number): string {
  return `camera-${index % 7}/2026-01-${String(1 + index % 28).padStart(2, '0')}/${kind}-${String(index).padStart(7, '0')}`;
}

export const INPUT_BUCKET = 'froth-input-111122223333-us-east-1';

export function sourceRef(name: string): string {
  return `s3://${INPUT_BUCKET}/images/${name}-0123456789abcdef-0.jpg`;
}

export function provenance(name: string) {
  return {
    'drop-key': `${name}.jpg`, 'drop-sha256': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'inverse-transform': [1.953125, 0, 0, 1.953125, 512, 10],
  };
}

const CREATED = '2026-01-20T08:00:00.000000';

function label(index: number, jobName: string): object {
  const boxes = Array.from({ length: 1 + index % 3 }, (_, at) => ({
    class_id: (index + at) % 3, left: 17 * at + index % 400, top: 31 + index % 300, width: 40 + index % 90, height: 64 + index % 50,
  }));
  const names = ['person', 'animal', 'thing'];
  return {
    [ATTRIBUTE]: { image_size: [{ width: 1024, height: 683, depth: 3 }], annotations: boxes },
    [`${ATTRIBUTE}-metadata`]: {
      'objects': boxes.map(() => ({ confidence: 0 })),
      'class-map': Object.fromEntries(boxes.map((box) => [box.class_id, names[box.class_id]])),
      'type': 'groundtruth/object-detection', 'human-annotated': 'yes', 'creation-date': CREATED, 'job-name': jobName,
    },
  };
}

function failure(jobName: string): object {
  return {
    [`${ATTRIBUTE}-metadata`]: {
      'failure-reason': 'ClientError: the task expired before a worker submitted an answer.', 'human-annotated': 'yes',
      'type': 'groundtruth/object-detection', 'creation-date': CREATED, 'job-name': jobName,
    },
  };
}

const earlier = (index: number): string => `${CHAIN.projectName}-${CHAIN.chainId}-${1 + index % (JOB - 1)}`;

/** A line of the output manifest, with the keys that the service and our messages add. */
export function manifestLine(kind: Kind, index: number): string {
  const name = imageName(kind, index);
  const said = kind === 'carried' ? label(index, earlier(index))
    : kind === 'known' || kind === 'fresh' ? label(index, JOB_NAME)
      : kind === 'failed' ? failure(JOB_NAME)
        : kind === 'failedBefore' ? failure(earlier(index)) : {};
  const offer = kind === 'carried' ? {}
    : { 'dataset-objectid-attribute-name': 'offer-id', 'offer-id': `${sourceRef(name)}#${JOB}` };
  return JSON.stringify({
    'source-ref': sourceRef(name), ...provenance(name), ...offer, ...said, [`$${ATTRIBUTE}-object-id`]: `c1d2e3f4-${index}`,
  });
}

/** A line of the data set before the harvest. */
export function dataSetLine(index: number): string {
  const name = imageName('carried', index);
  return JSON.stringify({ 'source-ref': sourceRef(name), ...provenance(name), ...label(index, earlier(index)) });
}

/** Writes the job's output manifest. Answers its bytes. */
export function writeManifest(file: string, amounts: Amounts): Promise<number> {
  return writeLines(file, function* () {
    for (const { kind, index } of kindsOf(amounts)) {
      yield manifestLine(kind, index);
    }
  }());
}

/** Writes the data set of the earlier jobs. Answers its bytes. */
export function writeDataSet(file: string, amounts: Amounts): Promise<number> {
  return writeLines(file, function* () {
    for (let index = 0; index < amounts.carried; index++) {
      yield dataSetLine(index);
    }
  }());
}

async function writeLines(file: string, lines: Iterable<string>): Promise<number> {
  const target = createWriteStream(file);
  await pipeline(Readable.from(pieces(lines), { objectMode: false }), target);
  return target.bytesWritten;
}

function* pieces(lines: Iterable<string>): IterableIterator<Buffer> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line, '\n');
    if (piece.length === 400) {
      yield Buffer.from(piece.join(''));
      piece = [];
    }
  }
  yield Buffer.from(piece.join(''));
}
