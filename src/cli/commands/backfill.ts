import { Command } from 'commander';
import { BackfillOrder, BackfillReport, BackfillSource } from '../../contract/backfill';
import { Status } from '../../contract/operator';
import { backfillLines, planLines } from '../backfill-text';
import { CliCommand, CommonOptions, forProject, show } from '../command';
import { Context } from '../context';
import { CommandError, EXIT, usageError } from '../errors';
import { giveOrder, showOrder } from '../order';
import { ProjectAccess } from '../project-access';

interface Options extends CommonOptions {
  readonly by?: string;
}

interface PlanOptions extends Options {
  readonly source?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly inventory?: string;
  readonly perMinute?: string;
  readonly fee: string;
  readonly workerPrice: string;
}

/** What Ground Truth is said to take for each of the first 50,000 images in a month; nobody here could confirm it. US dollars. */
const FEE = '0.08';

/** Between two looks at a plan that is being made. */
const LOOK_EVERY = 5_000;

/** Takes an existing bucket in. */
export const backfill: CliCommand = {
  register(program, context) {
    const group = program.command('backfill').description('take an existing bucket in: plan, start, status, stop');
    plan(group, context);
    start(group, context);
    status(group, context);
    stop(group, context);
  },
};

function plan(group: Command, context: Context): void {
  forProject(group.command('plan'))
    .description('count what there is and what labeling it will cost; starts nothing')
    .option('--source <id>', 'construct id of the Backfill, where the stack holds several')
    .option('--bucket <name>', 'bucket, instead of a Backfill construct of the stack')
    .option('--prefix <prefix>', 'only keys that begin so (default: as the construct says, or all)')
    .option('--inventory <key>', 'key or s3:// URI of the manifest.json of an S3 Inventory, read instead of listing')
    .option('--per-minute <n>', 'queue at most so many objects in a minute')
    .option('--fee <dollars>', 'what Ground Truth takes for each image', FEE)
    .option('--worker-price <dollars>', 'what each worker is paid for each image', '0')
    .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
    .action(async (options: PlanOptions) => {
      const prices = { fee: price('--fee', options.fee), worker: price('--worker-price', options.workerPrice) };
      const project = await context.connect(options);
      const order = planOrder(project, options);
      let answer = await giveOrder(context, project, { command: 'backfill-plan', by: options.by, backfill: order });
      for (let told = -1; answer.order?.done && answer.backfill?.phase === 'PLANNING';) {
        const { objects } = answer.backfill.found;
        if (objects > told) {
          told = objects;
          progress(context, `counting: ${objects.toLocaleString('en-US')} objects so far`);
        }
        await context.sleep(LOOK_EVERY);
        answer = await project.ask({ command: 'status', order: answer.order.id });
        failWhereStuck(answer);
      }
      progress(context, '');
      showOrder(context, options, answer, (columns) => planLines(
        reportOf(answer), answer, prices, `backfill start ${projectWords(options)}${answer.backfill?.plan ?? ''}`, columns,
      ));
    });
}

function start(group: Command, context: Context): void {
  forProject(group.command('start'))
    .description('carry a plan out, or go on with a stopped one')
    .argument('<plan>', 'the plan\'s id')
    .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
    .action(async (id: string, options: Options) => {
      const project = await context.connect(options);
      const answer = await giveOrder(context, project, { command: 'backfill-start', by: options.by, backfill: { plan: id } });
      showOrder(context, options, answer, (columns) => backfillLines(reportOf(answer), columns));
    });
}

function status(group: Command, context: Context): void {
  forProject(group.command('status'))
    .description('how far it is')
    .action(async (options: Options) => {
      const project = await context.connect(options);
      const answer = await project.ask({ command: 'status' });
      show(context, options, answer.backfill ?? null, (columns) => answer.backfill
        ? backfillLines(answer.backfill, columns)
        : ['No back-fill was ever planned. `backfill plan` makes a plan, and starts nothing.']);
      if (answer.alerts.some(({ code }) => code === 'backfill')) {
        context.exitWith(EXIT.ATTENTION);
      }
    });
}

function stop(group: Command, context: Context): void {
  forProject(group.command('stop'))
    .description('queue nothing more; what is queued is taken in')
    .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
    .action(async (options: Options) => {
      const project = await context.connect(options);
      const answer = await giveOrder(context, project, { command: 'backfill-stop', by: options.by });
      showOrder(context, options, answer, (columns) => backfillLines(reportOf(answer), columns));
    });
}

function reportOf({ backfill: report }: Status): BackfillReport {
  if (!report) {
    throw new CommandError('the controller tells nothing of a back-fill', 'The deployed project is older than this tool: deploy it again.');
  }
  return report;
}

/** Over what a plan waits for, where it is not just time. */
function failWhereStuck({ alerts }: Status): void {
  const alert = alerts.find(({ code }) => code === 'backfill');
  if (alert) {
    throw new CommandError(alert.message, 'Mend that: the controller tries again each minute. `backfill status` shows the plan.');
  }
}

function progress({ err }: Context, text: string): void {
  if (err.isTTY) {
    err.write(`\r\u001b[K${text}`);
  } else if (text !== '') {
    err.write(`${text}\n`);
  }
}

function price(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw usageError(`${option} is '${text}'`, 'Give dollars, such as 0.08.');
  }
  return value;
}

function projectWords({ stack, project, function: name, region, profile }: CommonOptions): string {
  const words: [string, string | undefined][] = [['stack', stack], ['project', project], ['function', name], ['region', region], ['profile', profile]];
  return words.filter(([, value]) => value !== undefined).map(([option, value]) => `--${option} ${value} `).join('');
}

function planOrder(project: ProjectAccess, options: PlanOptions): BackfillOrder {
  const { bucket, prefix, inventoryBucket, inventoryPrefix = '', objectsPerMinute } = constructOf(project, options);
  const perMinute = options.perMinute === undefined ? objectsPerMinute : Number(options.perMinute);
  if (perMinute !== undefined && !(Number.isInteger(perMinute) && perMinute > 0)) {
    throw usageError(`--per-minute is '${options.perMinute}'`, 'Give a whole number of objects.');
  }
  const source: BackfillSource = { bucket, prefix: options.prefix ?? prefix };
  const { inventory } = options;
  return {
    source: inventory === undefined ? source : { ...source, inventory: inventoryOf(inventory, inventoryBucket ?? bucket, inventoryPrefix) },
    ...(perMinute === undefined ? {} : { objectsPerMinute: perMinute }),
  };
}

interface Chosen {
  readonly bucket: string;
  readonly prefix: string;
  readonly inventoryBucket?: string;
  readonly inventoryPrefix?: string;
  readonly objectsPerMinute?: number;
}

function constructOf({ facts }: ProjectAccess, { bucket, source }: PlanOptions): Chosen {
  if (bucket !== undefined) {
    return { bucket, prefix: '' };
  }
  const backfills: ReadonlyMap<string, Chosen> = facts.backfills ?? new Map();
  const names = [...backfills.keys()];
  const chosen = source === undefined && names.length === 1 ? names[0] : source;
  const found = chosen === undefined ? undefined : backfills.get(chosen);
  if (!found) {
    const advice = names.length > 0
      ? `Choose one with --source: ${names.join(', ')}.`
      : 'Add a Backfill construct to the stack, which lets the project read the bucket; or name one that it may read with --bucket.';
    throw usageError(source === undefined ? 'which bucket?' : `there is no Backfill '${source}'`, advice);
  }
  return found;
}

function inventoryOf(given: string, bucket: string, prefix: string): NonNullable<BackfillSource['inventory']> {
  const uri = /^s3:\/\/([^/]+)\/(.+)$/.exec(given);
  return uri ? { bucket: uri[1], manifestKey: uri[2] } : { bucket, manifestKey: given.startsWith(prefix) ? given : `${prefix}${given}` };
}
