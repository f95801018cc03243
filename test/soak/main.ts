import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Histories, runHistories } from './histories';
import { brokenWords, shortcomings, tables } from './report';
import { Tally } from './tally';

const USAGE = `Tells random histories of unlucky projects and looks whether every promise holds.

  npm run soak -- [--histories N] [--seed S] [--path P] [--processes N] [--fast]

  --histories  How many. Default: 1000
  --seed       From which number they are made. Default: 1
  --path       Tells only the history of this path
  --processes  How many at once. Default: one for each processor, at most 4
  --fast       No replays with other answers to open questions, no shrinking`;

/** What a process that tells some of the histories sends. */
type Message =
  | { readonly kind: 'told' }
  | { readonly kind: 'done'; readonly counted: Tally['counted']; readonly problems?: readonly string[] };

interface Order {
  readonly histories: number;
  readonly seed: number;
  readonly path: number;
  readonly stride: number;
  readonly fast: boolean;
}

async function tell(order: Histories): Promise<{ readonly counted: Tally['counted']; readonly problems?: readonly string[] }> {
  const { counted, broken } = await runHistories(order);
  return { counted, ...(broken ? { problems: brokenWords(broken, order.seed, broken.path) } : {}) };
}

/** In a process of its own: tells what it is ordered to. */
function work(): void {
  process.once('message', (order: Order) => {
    const send = (message: Message): void => {
      process.send!(message);
    };
    void tell({ ...order, onHistory: () => send({ kind: 'told' }) }).then(
      (done) => send({ kind: 'done', ...done }),
      (error: unknown) => send({ kind: 'done', counted: new Tally().counted, problems: [`the model itself failed: ${error instanceof Error ? error.stack : String(error)}`] }),
    ).finally(() => process.disconnect());
  });
}

class Progress {
  private told = 0;
  private shown = 0;
  private readonly start = Date.now();

  public constructor(private readonly total: number) {}

  public next(): void {
    this.told += 1;
    const { isTTY } = process.stderr;
    const due = isTTY ? 200 : 10_000;
    if (Date.now() - this.shown >= due || this.told === this.total) {
      this.shown = Date.now();
      const line = `${this.told} of ${this.total} histories, ${Math.round((this.shown - this.start) / 1_000)} s`;
      process.stderr.write(isTTY ? `\r\x1b[K${line}${this.told === this.total ? '\n' : ''}` : `${line}\n`);
    }
  }
}

async function soak(orders: readonly Order[], total: number): Promise<number> {
  const tally = new Tally();
  const problems: string[] = [];
  let violations = 0;
  const progress = new Progress(total);
  await Promise.all(orders.map((order) => new Promise<void>((resolve) => {
    const child = fork(__filename, ['--worker']);
    child.on('message', (message: Message) => {
      if (message.kind === 'told') {
        progress.next();
        return;
      }
      tally.add(message.counted);
      if (message.problems) {
        violations += 1;
        problems.push(...message.problems);
      }
    });
    child.once('exit', (code) => {
      if (code !== 0) {
        problems.push(`a process that told histories ended with ${code}`);
      }
      resolve();
    });
    child.send(order);
  })));
  const { counted } = tally;
  console.log(tables(counted).join('\n'));
  const short = violations === 0 && total > 1 ? shortcomings(counted) : [];
  [...problems, ...short.map((line) => `NOT ENOUGH: ${line}`)].forEach((line) => console.log(line));
  console.log(`soak: histories=${counted.histories} steps=${counted.steps} violations=${violations}`);
  return violations === 0 && problems.length === 0 && short.length === 0 ? 0 : 1;
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`--${name} must be a whole number from ${least} on, not "${text}"`);
  }
  return value;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' }, processes: { type: 'string' },
      fast: { type: 'boolean' }, help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed ?? '1', 0);
  const fast = values.fast ?? false;
  if (values.path !== undefined) {
    return soak([{ histories: 1, seed, path: wholeNumber('path', values.path, 0), stride: 1, fast }], 1);
  }
  const histories = wholeNumber('histories', values.histories ?? '1000', 1);
  const processes = Math.min(histories, wholeNumber('processes', values.processes ?? String(Math.min(4, availableParallelism())), 1));
  const orders = Array.from({ length: processes }, (_, index) => ({
    histories: Math.floor(histories / processes) + (index < histories % processes ? 1 : 0), seed, path: index, stride: processes, fast,
  }));
  return soak(orders, histories);
}

if (process.argv.includes('--worker')) {
  work();
} else {
  main().then((code) => {
    process.exitCode = code;
  }, (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
