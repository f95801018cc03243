import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { planGeometry, uprightSize } from '../../../src/contract/geometry';
import { isMoving } from '../../../src/contract/steps';
import { decodeWhole, loadSharp, openImage, runPipeline } from '../../../src/runtime/images/decoder';
import { ImagePlan } from '../../../src/runtime/images/engine';
import { inspect } from '../../../src/runtime/images/gate';
import { ImageHeader } from '../../../src/runtime/images/header';
import { applyStage, stagesOf } from '../../../src/runtime/images/stages';
import { BuiltInEngine } from '../../../src/runtime/intake/built-in-engine';
import { RejectedDropError } from '../../../src/runtime/intake/engine';
import { percentile } from '../bench-table';
import { peakMemory } from '../peak-memory';

/**
 * A process of its own that runs the image part of the intake, bytes in and bytes out, on orders that come as lines of JSON.
 * `images.ts` starts it; `pillow_bench.py` understands the same orders.
 */

export type Work = 'crop' | 'fit';

export type Order =
  | { readonly do: 'run'; readonly path: string; readonly work: Work; readonly times: number }
  | { readonly do: 'reject'; readonly path: string; readonly work: Work; readonly length: number }
  | { readonly do: 'shares'; readonly path: string; readonly work: Work; readonly times: number }
  | { readonly do: 'batch'; readonly path: string; readonly work: Work; readonly times: number }
  | { readonly do: 'version' };

/** Parts of the time that one image takes. Milliseconds of processor time. */
export interface Shares {
  readonly total: number;
  readonly decode: number;
  readonly transform: number;
  readonly encode: number;
  readonly hash: number;
  readonly gate: number;
  readonly setUp: number;
}

const PLANS: { readonly [work in Work]: ImagePlan } = {
  crop: { transforms: [{ kind: 'crop', width: 512, height: 512, top: 10 }], output: {} },
  fit: { transforms: [{ kind: 'resize', width: 2048, height: 2048 }], output: {} },
};

const ENGINES: { readonly [work in Work]: BuiltInEngine } = {
  crop: new BuiltInEngine({ kind: 'images', ...PLANS.crop }),
  fit: new BuiltInEngine({ kind: 'images', ...PLANS.fit }),
};

/** What the intake does with a drop's bytes, from the download to the upload. Undefined where it would quarantine the drop. */
async function intake(file: Buffer, work: Work): Promise<Uint8Array | undefined> {
  const bytes = file.subarray(); // a drop of its own, which the engine has not seen yet
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const engine = ENGINES[work];
  const made = engine.gate(bytes).ok ? await engine.engineer({ bucket: 'drops', key: 'drop', versionId: '1', bytes, sha256 }) : undefined;
  try {
    for await (const image of made?.kind === 'images' ? made.images : []) {
      return image.bytes;
    }
    return undefined;
  } catch (error) {
    if (error instanceof RejectedDropError) {
      return undefined;
    }
    throw error;
  }
}

async function obey(order: Order): Promise<object> {
  switch (order.do) {
    case 'run':
      return run(readFileSync(order.path), order.work, order.times);
    case 'reject':
      return { rejected: await intake(readFileSync(order.path).subarray(0, order.length), order.work) === undefined };
    case 'shares':
      return shares(readFileSync(order.path), order.work, order.times);
    case 'batch': {
      // every drop has its own copy of the bytes, as after ten downloads
      await Promise.all(Array.from({ length: order.times }, () => intake(readFileSync(order.path), order.work)));
      return { maxRssMegabytes: peakMemory() };
    }
    case 'version':
      return { version: `Node.js ${process.versions.node}` };
  }
}

async function run(bytes: Buffer, work: Work, times: number): Promise<object> {
  const milliseconds: number[] = [];
  let length = 0;
  for (let time = 0; time < times; time++) {
    const start = process.cpuUsage();
    length = (await intake(bytes, work))?.length ?? 0;
    milliseconds.push(since(start));
  }
  return { milliseconds, bytes: length };
}

/**
 * Where the time goes. The library decodes, transforms and encodes strip by strip, so the parts are differences: decoding up to the
 * last row that is needed, then with the transform, then with the encoder. The rest is the hash, the gate, which reads the whole
 * container, and setting a pipeline up.
 */
async function shares(bytes: Buffer, work: Work, times: number): Promise<Shares> {
  const header = inspect(bytes);
  const planned = header.ok ? planGeometry(header, header.orientation, PLANS[work].transforms) : undefined;
  if (!header.ok || planned?.kind !== 'geometry') {
    throw new Error('shares are measured for good images only');
  }
  const whole = {
    total: () => intake(bytes, work),
    hash: () => createHash('sha256').update(bytes).digest('hex'),
    gate: () => inspect(bytes),
  };
  if (planned.geometry.steps.length === 0) {
    // nothing is encoded: the bytes stay, and decoding is for the verdict
    const { total, hash, gate, verdict } = await medians(times, { ...whole, verdict: () => decodeWhole(bytes, header) });
    return { total, decode: verdict, transform: 0, encode: 0, hash, gate, setUp: Math.max(0, total - verdict - hash - gate) };
  }
  const [stage] = stagesOf(header, header.orientation, uprightSize(header, header.orientation), planned.geometry.steps.filter(isMoving));
  const last = stage.before === undefined ? header.height - 1 : stage.before.top + stage.before.height - 1;
  const lastRow = { left: 0, top: last, width: header.width, height: 1 };
  const tiny = await tinyImage(header.type as 'jpeg' | 'png');
  const { total, hash, gate, setUp, decoded, transformed } = await medians(times, {
    ...whole,
    setUp: () => runPipeline(openImage(tiny.bytes, tiny.header).raw()),
    decoded: () => runPipeline(openImage(bytes, header).extract(lastRow).raw()),
    transformed: () => runPipeline(applyStage(openImage(bytes, header), stage).raw()),
  });
  const difference = (more: number, less: number) => Math.max(0, more - less);
  return {
    total,
    decode: difference(decoded, setUp),
    transform: difference(transformed, decoded),
    encode: difference(total, transformed + hash + gate),
    hash, gate, setUp,
  };
}

/** Eight by eight pixels: what a pipeline costs before it has anything to do. */
async function tinyImage(format: 'jpeg' | 'png'): Promise<{ bytes: Buffer; header: ImageHeader }> {
  const bytes = await loadSharp()({ create: { width: 8, height: 8, channels: 3, background: '#808080' } }).toFormat(format).toBuffer();
  const header = inspect(bytes);
  if (!header.ok) {
    throw new Error(header.detail);
  }
  return { bytes, header };
}

/** The medians of several works, which are done in turns: what slows the machine down slows all of them down. */
async function medians<T extends string>(
  times: number, works: { readonly [name in T]: () => unknown },
): Promise<{ readonly [name in T]: number }> {
  const names = Object.keys(works) as T[];
  const milliseconds = new Map(names.map((name) => [name, [] as number[]]));
  for (let time = 0; time < times; time++) {
    for (const name of names) {
      const start = process.cpuUsage();
      await works[name]();
      milliseconds.get(name)!.push(since(start));
    }
  }
  return Object.fromEntries(names.map((name) => [name, percentile(milliseconds.get(name)!, 0.5)])) as { [name in T]: number };
}

/** Milliseconds of processor time, over all threads: what a function is billed for where it has one processor, whoever else is busy. */
function since(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: object;
    try {
      answer = await obey(JSON.parse(line) as Order);
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void main();
