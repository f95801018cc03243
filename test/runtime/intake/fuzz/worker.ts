import { createInterface } from 'node:readline';
import { makeCorpus } from './corpus';
import { mutantOf } from './mutations';
import { FeatureEngineeringConfiguration } from '../../../../src/contract/project-configuration';
import { handler } from '../../../../src/runtime/intake/intake.lambda';
import { peakMemory } from '../../../bench/peak-memory';
import { CONTEXT, batch, useProject } from '../../../support/handler-world';
import { MemoryProject } from '../../../support/memory-project';
import { jpegOf, pngOf, texture, withChunk, withSegment } from '../../images/samples';

/**
 * The intake function in a process of its own. For each line of JSON it takes in one batch: a good image, mutants, another good
 * image. It answers what became of each.
 */

export interface Order {
  readonly seed: number;
  /** Of the first mutant. */
  readonly first: number;
  readonly count: number;
  /** Takes so much memory first, to see that there is a limit. */
  readonly megabytes?: number;
}

export interface Became {
  readonly index: number;
  readonly seed: string;
  readonly mutations: readonly string[];
  readonly size: number;
  readonly state: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly images: readonly StoredImage[];
}

export interface StoredImage {
  /** Base64. */
  readonly bytes: string;
  /** As the ledger has it: `90x60`. Undefined: nothing leads to the image. */
  readonly size?: string;
}

export interface Answer {
  readonly became: readonly Became[];
  readonly neighbours: readonly string[];
  /** Messages that go back to the queue. */
  readonly failures: number;
  /** Images that no item leads to: a drop was refused after they were made of it. Nobody is shown them. */
  readonly strays: readonly StoredImage[];
  /** Whether images are the bytes of their drops. */
  readonly untouched: boolean;
  readonly peakMegabytes: number;
}

/** All ways in which the function may be told to make images; each eight cases take one. */
const ENGINEERING: readonly FeatureEngineeringConfiguration[] = [
  { kind: 'images', transforms: [], output: {} },
  { kind: 'images', transforms: [{ kind: 'crop', width: 40, height: 20, left: 3, top: 2 }], output: {} },
  { kind: 'images', transforms: [{ kind: 'resize', width: 50 }], output: { format: 'jpeg' } },
  { kind: 'none' },
  { kind: 'images', transforms: [{ kind: 'tile', width: 32, height: 32, overlap: 4 }], output: { format: 'png' } },
];

const TURN = 8;

const NEIGHBOURS = ['before.jpg', 'behind.png'];

async function takeIn({ seed, first, count, megabytes = 0 }: Order): Promise<Answer> {
  Array.from({ length: Math.ceil(megabytes / 1024) }, () => Buffer.allocUnsafeSlow(1024 ** 3));
  const corpus = await corpusMade;
  const featureEngineering = ENGINEERING[Math.floor(first / TURN) % ENGINEERING.length];
  const project = await MemoryProject.create({ configuration: { featureEngineering } });
  useProject(project);
  const { buckets, queues } = project.outside.cloud;
  const mutants = Array.from({ length: count }, (_, at) => ({ index: first + at, ...mutantOf(corpus, seed, first + at) }));
  const [before, behind] = await neighboursMade;
  await buckets.put('drop', NEIGHBOURS[0], withSegment(before, 0xfe, Buffer.from(`${seed} ${first}`)));
  for (const { index, bytes } of mutants) {
    await buckets.put('drop', `${index}.jpg`, bytes);
  }
  await buckets.put('drop', NEIGHBOURS[1], withChunk(behind, 'tEXt', Buffer.from(`case\0${seed} ${first}`)));
  const bodies: string[] = [];
  for (let messages = await queues.receive(project.world.resources.intakeQueueUrl, 10); messages.length > 0;
    messages = await queues.receive(project.world.resources.intakeQueueUrl, 10)) {
    bodies.push(...messages.map(({ body }) => body));
  }
  const { batchItemFailures } = await handler(batch(...bodies), CONTEXT);
  return { ...outcomes(project, mutants), failures: batchItemFailures.length, untouched: featureEngineering.kind === 'none', peakMegabytes: peakMemory() };
}

function outcomes(
  project: MemoryProject, mutants: readonly (Omit<Became, 'state' | 'images' | 'size'> & { readonly bytes: Buffer })[],
): Pick<Answer, 'became' | 'neighbours' | 'strays'> {
  const items = [...project.outside.table.items()];
  const { buckets } = project.outside.cloud;
  const drop = (key: string) => items.find((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#') && item.key === key);
  const stored = (key: string): StoredImage => {
    const item = items.find(({ sk, sourceRef }) => sk === 'IMAGE' && sourceRef === `s3://input/${key}`);
    const { 'image-width': width, 'image-height': height } = (item?.provenance ?? {}) as { readonly [name: string]: number };
    return { bytes: Buffer.from(buckets.read('input', key).body).toString('base64'), ...(item ? { size: `${width}x${height}` } : {}) };
  };
  const accounted = new Set<string>();
  const keysOf = (key: string): string[] => items
    .filter((item) => item.sk === 'IMAGE' && (item.provenance as { 'drop-key': string })['drop-key'] === key)
    .map((item) => String(item.sourceRef).slice('s3://input/'.length));
  const became = mutants.map(({ bytes, ...mutant }): Became => {
    const found = drop(`${mutant.index}.jpg`);
    const keys = keysOf(`${mutant.index}.jpg`);
    keys.forEach((key) => accounted.add(key));
    const { state, reason, detail } = (found ?? {}) as Pick<Became, 'reason' | 'detail'> & { readonly state?: string };
    return { ...mutant, size: bytes.length, state: String(state), reason, detail, images: keys.map(stored) };
  });
  NEIGHBOURS.flatMap(keysOf).forEach((key) => accounted.add(key));
  return {
    became,
    neighbours: NEIGHBOURS.map((key) => String(drop(key)?.state)),
    strays: buckets.peekKeys('input').filter((key) => !accounted.has(key) && !/^(originals|quarantine)\//.test(key)).map(stored),
  };
}

const corpusMade = makeCorpus();
const neighboursMade = Promise.all([jpegOf(texture(64, 48)), pngOf(texture(48, 64))]);

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: Answer | { readonly error: string };
    try {
      answer = await takeIn(JSON.parse(line) as Order);
    } catch (error) {
      answer = { error: (error as Error).stack ?? String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void main();
