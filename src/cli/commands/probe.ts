import { CliCommand, assertConfirmed, show, tell } from '../command';
import { Context } from '../context';
import { CommandError, EXIT, usageError } from '../errors';
import { ProbeAccount } from '../probe/account';
import { LeftOver, cleanUp } from '../probe/clean-up';
import { Observations } from '../probe/observations';
import { ProbeReport, leftOverLines, reportLines, reportOf } from '../probe/report';
import { assertRegion } from '../probe/requests';
import { runProbe } from '../probe/run';
import { Brought, TOPICS, assertId, newId, placeOf, setUp } from '../probe/stage';
import { columnsOf, hanging } from '../text';

interface Options extends Partial<Brought> {
  readonly region?: string;
  readonly profile?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly cleanUp?: string;
}

/** Thrown where a probe waits, once somebody wants to end it. */
class Interrupted extends Error {}

function plan(id: string, brought: Brought, portal: string | undefined, columns: number): string[] {
  const { region, account } = placeOf(brought.workTeam);
  const stack = [
    ...brought.bucket === undefined ? ['a bucket with CORS'] : [], ...brought.bucketWithoutCors === undefined ? ['a bucket without'] : [],
    `${TOPICS.length} topics`, 'a queue', ...brought.role === undefined ? ['a role for Ground Truth'] : [],
  ];
  const brings = [brought.bucket, brought.bucketWithoutCors].filter((one) => one !== undefined).map((one) => `objects below ${one}/${id}/`);
  return [
    ...hanging(`A probe asks Ground Truth in ${region}, account ${account}, what AWS does not document.`, columns),
    '',
    'It makes, and removes at its end or on Ctrl-C:',
    ...hanging(`the CloudFormation stack ${id}: ${stack.join(', ')}`, columns, '  ', '    '),
    ...brings.flatMap((one) => hanging(one, columns, '  ', '    ')),
    ...hanging(`up to 7 labeling jobs ${id}-... with their queues (ended jobs cannot be deleted: their names stay)`, columns, '  ', '    '),
    '',
    ...hanging('It costs what Ground Truth bills for 3 labeled pictures (some US cents for a private team), and less than a cent for the rest.', columns),
    ...hanging('It takes about two hours. Be there: three times you are asked to label a picture, as a member of the work team'
      + `${portal === undefined ? '' : `, at ${portal}`}.`, columns),
    ...hanging(`Should all fail, \`probe --clean-up ${id}\` removes what is left over.`, columns),
  ];
}

async function probe(context: Context, options: Options): Promise<void> {
  if (options.cleanUp !== undefined) {
    return removeOnly(context, options, options.cleanUp);
  }
  const { workTeam } = options;
  if (workTeam === undefined) {
    throw usageError('who labels?', 'Name a work team of which you are a member with --work-team ARN.');
  }
  const { region } = placeOf(workTeam);
  assertRegion(region);
  const account = await context.openAccount({ ...options, region: options.region ?? region });
  if (account.region !== region) {
    throw usageError(`the work team is in ${region} and not in ${account.region}`, 'Leave --region out.');
  }
  const brought: Brought = { ...options, workTeam };
  const id = newId();
  const portal = await account.portal(workTeam);
  context.err.write(`${plan(id, brought, portal, columnsOf(context.err)).join('\n')}\n\n`);
  await assertConfirmed(context, options.yes, 'Make these things and begin?');
  const { report, failure } = await probeAndRemove(context, account, id, brought);
  if (report !== undefined) {
    show(context, options, report, (columns) => reportLines(report, columns));
  }
  if (failure !== undefined) {
    throw failure;
  }
}

/** However the probe ends, what it made is removed, and what was seen before an error is told. */
async function probeAndRemove(
  context: Context, account: ProbeAccount, id: string, brought: Brought,
): Promise<{ readonly report?: ProbeReport; readonly failure?: Error }> {
  const started = account.now();
  const say = (message: string): void => tell(context, `${String(Math.round((account.now() - started) / 60_000)).padStart(3)} min  ${message}`);
  let end: (reason: Error) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => { end = reject; });
  ended.catch(() => undefined); // nobody may be waiting at that moment
  const forget = context.onInterrupt(() => {
    say('Ending; what was made is removed first. Press Ctrl-C again to leave it.');
    end(new Interrupted());
  });
  const unlessEnded = <T>(waiting: Promise<T>): Promise<T> => Promise.race([ended, waiting]);
  let seen: Observations | undefined;
  let failure: Error | undefined;
  try {
    const sleep = (ms: number): Promise<void> => unlessEnded(context.sleep(ms));
    const stage = await setUp(account, id, brought, say, sleep);
    seen = await runProbe(account, stage, { tell: say, sleep, ask: (question) => unlessEnded(context.confirm(question)) });
  } catch (error) {
    failure = error instanceof Interrupted ? new CommandError('the probe was ended before it was through') : error as Error;
  }
  const left = await cleanUp(account, id, brought, say, context.sleep);
  forget();
  if (left.length > 0) {
    tellLeft(context, id, left);
  }
  return { report: seen && reportOf(brought.workTeam, id, seen, left), failure };
}

async function removeOnly(context: Context, options: Options, id: string): Promise<void> {
  assertId(id);
  const account = await context.openAccount(options);
  const left = await cleanUp(account, id, options, (message) => tell(context, message), context.sleep);
  if (left.length > 0) {
    tellLeft(context, id, left);
  }
  show(context, options, { id, leftOver: left }, () => [left.length === 0 ? `Nothing is left of ${id}.` : `Something is left of ${id}.`]);
}

function tellLeft(context: Context, id: string, left: readonly LeftOver[]): void {
  const columns = columnsOf(context.err);
  const lines = leftOverLines(left, columns);
  const next = hanging(`probe --clean-up ${id} (with the same --bucket, where given) tries again.`, columns, 'next:  ');
  context.err.write(`${[...lines, ...next].join('\n')}\n`);
  context.exitWith(EXIT.ATTENTION);
}

/** What Ground Truth really does, where nobody says. */
export const probeCommand: CliCommand = {
  register(program, context) {
    program.command('probe')
      .description('try in an account what AWS does not document of Ground Truth: makes and removes things, three pictures are labeled by hand')
      .option('--work-team <arn>', 'private work team of which you are a member')
      .option('--role <arn>', 'role for Ground Truth (default: one is made)')
      .option('--bucket <name>', 'bucket with CORS to work in, below probe-.../ (default: one is made)')
      .option('--bucket-without-cors <name>', 'bucket without CORS (default: one is made)')
      .option('--clean-up <id>', 'only remove what an earlier probe left over')
      .option('--region <region>', 'AWS Region (default: as the AWS SDK finds it)')
      .option('--profile <profile>', 'AWS profile (default: as the AWS SDK finds it)')
      .option('--json', 'write JSON, for machines')
      .option('-y, --yes', 'do not ask before anything is made')
      .action((options: Options) => probe(context, options));
  },
};
