import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Histories, runHistories } from './histories';
import { brokenWords, shortcomings, tables } from './report';
import { Tally } from './tally';

const USAGE = `Tells random histories of unlucky projects and looks whether every promise holds.

  npm run soak -- [--histories N] [--seed S] [--path P] [--from P] [--processes N] [--fast] [--short] [--all] [--minutes M]

  npm run soak -- --mutants   Puts mistakes into the product: the histories must notice each

  --histories  How many. Default: 1000
  --seed       From which number they are made. Default: 1
  --from       The first path: ranges of one seed add up. Default: 0
  --path       Tells only the history of this path
  --processes  How many at once. Default: one for each processor, at most 4
  --fast       No replays with other answers to open questions, no shrinking
  --short      Histories of 16 to 30 steps, as \`npm test\` tells them, instead of 64 to 100. No claim about how much they cover
  --all        Goes on after a history that breaks a promise, and shrinks none: --path does
  --minutes    Begins no history after so many minutes, and reports those that were told`;

/** What a process that tells some of the histories sends. */
type Message =
  | { readonly kind: 'told' }
  | { readonly kind: 'done'; readonly counted: Tally['counted']; readonly violations: number; readonly problems: readonly string[] };

interface Order {
  readonly histories: number;
  readonly seed: number;
  readonly path: number;
  readonly stride: number;
  readonly fast: boolean;
  readonly short: boolean;
  readonly most: number;
  readonly until?: number;
}

type Told = Omit<Extract<Message, { kind: 'done' }>, 'kind'>;

async function tell(order: Histories): Promise<Told> {
  const { counted, broken } = await runHistories(order);
  const problems = broken.flatMap((history) => brokenWords(history, { ...order, path: history.path }));
  return { counted, violations: broken.length, problems };
}

/** In a process of its own: tells what it is ordered to. */
function work(): void {
  process.once('message', (order: Order) => {
    const send = (message: Message): void => {
      process.send!(message);
    };
    void tell({ ...order, onHistory: () => send({ kind: 'told' }) }).then(
      (done) => send({ kind: 'done', ...done }),
      (error: unknown) => send({ kind: 'done', counted: new Tally().counted, violations: 0, problems: [`the model itself failed: ${error instanceof Error ? error.stack : String(error)}`] }),
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
      violations += message.violations;
      problems.push(...message.problems);
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
  const short = violations === 0 && total > 1 && !orders[0].short ? shortcomings(counted, !orders[0].fast) : [];
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
      from: { type: 'string' },
      fast: { type: 'boolean' }, short: { type: 'boolean' }, all: { type: 'boolean' }, minutes: { type: 'string' }, help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed ?? '1', 0);
  const { fast = false, short = false } = values;
  const most = values.all ? Number.MAX_SAFE_INTEGER : 1;
  if (values.path !== undefined) {
    return soak([{ histories: 1, seed, path: wholeNumber('path', values.path, 0), stride: 1, fast, short, most }], 1);
  }
  const histories = wholeNumber('histories', values.histories ?? '1000', 1);
  const processes = Math.min(histories, wholeNumber('processes', values.processes ?? String(Math.min(4, availableParallelism())), 1));
  const until = values.minutes === undefined ? undefined : Date.now() + wholeNumber('minutes', values.minutes, 1) * 60_000;
  const from = wholeNumber('from', values.from ?? '0', 0);
  const orders = Array.from({ length: processes }, (_, index) => ({
    histories: Math.floor(histories / processes) + (index < histories % processes ? 1 : 0), stride: processes, path: from + index, seed,
    fast, short, most, until,
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
