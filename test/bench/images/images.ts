import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shares, Work } from './image-worker';
import { LineProcess } from './line-process';
import { BenchImage, makeMosaics } from './mosaics';
import { BenchTable, BenchTarget, percentile } from '../bench-table';
import { benchFile, bundled } from '../bundled';

export interface ImageBenchOptions {
  /** The interpreter of an environment that has Pillow. */
  readonly python: string;
  /** Photographs, JPEG or PNG, from which the images are put together. */
  readonly photoFolder: string;
  /** How often each work on each image is measured, in turns of five. Default: 40. */
  readonly times?: number;
  /** Binds both processes to this processor, where `taskset` is there. Default: 0. */
  readonly processor?: number;
  /** Told, in one line each, what is being measured. Default: nobody. */
  readonly progress?: (line: string) => void;
}

const TURN = 5;
const WARM_UP = 5;

/** Rounds of each work before anything is timed. Compilers of both runtimes work in threads, which processor time includes. */
const FIRST_WARM_UP = 100;
const WORKS: readonly Work[] = ['crop', 'fit'];
const RSS_LIMIT_MEGABYTES = 512;

/** How much faster than Pillow. Fit takes the image as it is at 1 MP, which is less than 2048 pixels wide. */
const RATIO_TARGETS: { readonly [work in Work]: { readonly [image: string]: number } } = {
  crop: { '1 MP JPEG': 1.3, '6 MP JPEG': 2, '12 MP JPEG': 2, '6 MP PNG': 2 },
  fit: { '1 MP JPEG': 2, '6 MP JPEG': 2, '12 MP JPEG': 2, '6 MP PNG': 2 },
};
const REST_TARGET = 0.1;

/** Where a file is cut for the test of truncation. All but the first lie below the rows that the crop uses. */
const CUTS = [0.1, 0.6, 0.8, 0.95, 0.9999];

interface Run {
  readonly milliseconds: readonly number[];
  readonly bytes: number;
}

/**
 * The image part of the intake against Pillow: both do the same work on the same bytes, one process each on one processor, in turns.
 *
 * @throws if either accepts a truncated file: then they would not do the same work
 */
export async function benchImages(options: ImageBenchOptions): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'image-bench-'));
  const { progress = () => undefined } = options;
  const processes: LineProcess[] = [];
  const start = (command: string, ...args: string[]) => {
    const process = pinned(options.processor ?? 0, command, args);
    processes.push(process);
    return process;
  };
  try {
    progress('making mosaics of photographs');
    const images = await makeMosaics(options.photoFolder, folder);
    const worker = bundled('image-worker'); // as in Lambda: one bundle, in which sharp is left out and found where layers are
    const ours = start(process.execPath, worker);
    const pillow = start(options.python, benchFile('images', 'pillow_bench.py'));
    progress('both must reject the same truncated files');
    for (const image of images) {
      await checkTruncation(image, { ours, pillow });
    }
    progress('warming up');
    for (const child of [ours, pillow]) {
      for (const work of WORKS) {
        await child.ask<Run>({ do: 'run', path: images[0].path, work, times: FIRST_WARM_UP });
      }
    }
    const measured = [];
    for (const work of WORKS) {
      for (const image of images) {
        progress(`${work}, ${image.name}`);
        measured.push(await measure(image, work, options.times ?? 40, ours, pillow));
      }
    }
    const large = images.find(({ name }) => name.startsWith('12 MP'))!;
    const batches = [];
    progress('ten 12 MP images at once');
    for (const work of WORKS) {
      const { maxRssMegabytes } = await start(process.execPath, worker).ask<{ maxRssMegabytes: number }>({ do: 'batch', path: large.path, work, times: 10 });
      batches.push({ work, maxRssMegabytes });
    }
    const versions = await Promise.all([ours, pillow].map((child) => child.ask<{ version: string }>({ do: 'version' })));
    return table(measured, batches, versions.map(({ version }) => version));
  } finally {
    processes.forEach((child) => child.stop());
    rmSync(folder, { recursive: true, force: true });
  }
}

function pinned(processor: number, command: string, args: readonly string[]): LineProcess {
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' };
  const canPin = spawnSync('taskset', ['-c', `${processor}`, 'true']).status === 0;
  return canPin ? new LineProcess('taskset', ['-c', `${processor}`, command, ...args], env) : new LineProcess(command, args, env);
}

async function checkTruncation(image: BenchImage, children: { readonly [name: string]: LineProcess }): Promise<void> {
  const { size } = statSync(image.path);
  for (const [name, child] of Object.entries(children)) {
    for (const work of WORKS) {
      for (const cut of CUTS) {
        const order = { do: 'reject', path: image.path, work, length: Math.floor(size * cut) };
        if (!(await child.ask<{ rejected: boolean }>(order)).rejected) {
          throw new Error(`${name} accepts the ${image.name} cut to ${cut * 100} % for the work ${work}: the comparison would not be fair`);
        }
      }
    }
  }
}

interface Measured {
  readonly image: BenchImage;
  readonly work: Work;
  readonly ours: number;
  readonly pillow: number;
  readonly oursBytes: number;
  readonly pillowBytes: number;
  readonly shares: Shares;
}

async function measure(image: BenchImage, work: Work, times: number, ours: LineProcess, pillow: LineProcess): Promise<Measured> {
  const order = { do: 'run', path: image.path, work };
  const [{ bytes: oursBytes }, { bytes: pillowBytes }] = [
    await ours.ask<Run>({ ...order, times: WARM_UP }), await pillow.ask<Run>({ ...order, times: WARM_UP }),
  ];
  const milliseconds: { ours: number[]; pillow: number[] } = { ours: [], pillow: [] };
  for (let done = 0; done < times; done += TURN) {
    milliseconds.ours.push(...(await ours.ask<Run>({ ...order, times: TURN })).milliseconds);
    milliseconds.pillow.push(...(await pillow.ask<Run>({ ...order, times: TURN })).milliseconds);
  }
  const shares = await ours.ask<Shares>({ ...order, do: 'shares', times: Math.max(9, times >> 1) });
  return {
    image, work, ours: percentile(milliseconds.ours, 0.5), pillow: percentile(milliseconds.pillow, 0.5), oursBytes, pillowBytes, shares,
  };
}

function table(
  measured: readonly Measured[], batches: readonly { work: Work; maxRssMegabytes: number }[], versions: readonly string[],
): BenchTable {
  const percent = (part: number, whole: number) => `${Math.round(100 * part / whole)} %`;
  const restOf = ({ hash, gate, setUp }: Shares) => hash + gate + setUp;
  const partsOfRest = ({ total, hash, gate, setUp }: Shares) => [hash, gate, setUp].map((part) => Math.round(100 * part / total)).join('+');
  const targets: BenchTarget[] = measured.flatMap(({ image, work, ours, pillow, shares }) => {
    const wanted = RATIO_TARGETS[work][image.name];
    const ratio = pillow / ours;
    const rest = restOf(shares) / shares.total;
    return [
      { name: `${work}, ${image.name}: ratio`, wanted: `>= ${wanted}`, measured: ratio.toFixed(2), met: ratio >= wanted },
      { name: `${work}, ${image.name}: the rest`, wanted: `< ${REST_TARGET * 100} %`, measured: percent(rest, 1), met: rest < REST_TARGET },
    ];
  });
  return {
    title: `Images: the intake against Pillow (${versions.join(', ')})`,
    columns: ['work', 'image', 'ours', 'Pillow', 'ratio', 'decode', 'transform', 'encode', 'rest'],
    rows: measured.map(({ image, work, ours, pillow, shares }) => [
      work,
      image.name,
      (1000 / ours).toFixed(1),
      (1000 / pillow).toFixed(1),
      (pillow / ours).toFixed(2),
      ...[shares.decode, shares.transform, shares.encode].map((part) => percent(part, shares.total)),
      `${percent(restOf(shares), shares.total)} ${partsOfRest(shares)}`,
    ]),
    figures: [
      ...measured.map(({ image, work, ours, pillow, oursBytes, pillowBytes, shares }) => ({
        work, image: image.name, width: image.width, height: image.height,
        imagesPerSecond: 1000 / ours, pillowImagesPerSecond: 1000 / pillow, ratio: pillow / ours,
        bytesOut: oursBytes, pillowBytesOut: pillowBytes,
        decodeShare: shares.decode / shares.total, transformShare: shares.transform / shares.total,
        encodeShare: shares.encode / shares.total, restShare: restOf(shares) / shares.total,
        hashShare: shares.hash / shares.total, gateShare: shares.gate / shares.total, setUpShare: shares.setUp / shares.total,
      })),
      ...batches.map(({ work, maxRssMegabytes }) => ({ work, image: 'ten 12 MP JPEG at once', peakMegabytes: maxRssMegabytes })),
    ],
    targets: [
      ...targets,
      ...batches.map(({ work, maxRssMegabytes }) => ({
        name: `${work}, ten 12 MP JPEG at once: memory`,
        wanted: `< ${RSS_LIMIT_MEGABYTES} MB`,
        measured: `${Math.round(maxRssMegabytes)} MB`,
        met: maxRssMegabytes < RSS_LIMIT_MEGABYTES,
      })),
    ],
    notes: [
      'Crop: 512 x 512 from row 10, centred. Fit: into 2048 x 2048.',
      'Both get bytes and give bytes: SHA-256, check, decode, transform, encode; no network, no disk.',
      'One process each, one thread at work, warm, bound to one processor where the system allows; turns of five, medians.',
      'Images per second, ours and Pillow\'s, are for a second of processor time over all threads, so that other work on the machine does not count.',
      'Before timing, both rejected the same truncated files, also where the cut lies outside the crop (Pillow with a full load()).',
      'Images are mosaics of photographs at their own resolution. JPEG at quality 92 and 4:2:0.',
      'PNG at level 3 with filters chosen for each row (Pillow: at level 4); bytesOut and pillowBytesOut in the figures tell the sizes.',
      'The 1 MP JPEG needs no scaling: the intake walks over its codes for the verdict and keeps its bytes, Pillow encodes it again.',
      'The parts are differences of medians, because the library does them strip by strip.',
      'The rest is hash + gate + set-up: SHA-256 of every byte, reading the container to its end, and what a pipeline costs for 8 x 8 pixels.',
    ],
  };
}
