import { OrderReport, REQUEUE_TARGETS_MAX, RequeueTargets, Status } from '../../contract/operator';
import { REASON } from '../../contract/reasons';
import { readImages } from '../../runtime/ledger/feeding';
import { CliCommand, CommonOptions, assertConfirmed, forProject } from '../command';
import { Context } from '../context';
import { EXIT, usageError } from '../errors';
import { find } from '../find';
import { giveOrder, showOrder } from '../order';
import { ProjectAccess } from '../project-access';
import { assertReason } from '../reason';
import { count, hanging } from '../text';

interface Options extends CommonOptions {
  readonly quarantined?: boolean;
  readonly held?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly yes?: boolean;
}

/** All of a kind, as the controller takes it; undefined where drops or images are named. */
function allOf(given: readonly string[], options: Options): RequeueTargets | undefined {
  const kinds = [options.quarantined && 'quarantined', options.held && 'held'].filter((kind) => kind !== undefined && kind !== false);
  if (kinds.length + (given.length > 0 ? 1 : 0) !== 1) {
    throw usageError('what is to be ordered again?', 'Name drops or images, or give one of --quarantined and --held.');
  }
  if (options.reason !== undefined && kinds.length === 0) {
    throw usageError('--reason chooses among what is quarantined or held', 'Give --quarantined or --held too, or leave --reason out.');
  }
  assertReason(options.reason);
  if (kinds.length === 1) {
    return { all: kinds[0] as RequeueTargets['all'], ...(options.reason === undefined ? {} : { reason: options.reason }) };
  }
  if (given.length > REQUEUE_TARGETS_MAX) {
    throw usageError(`${given.length} are too many at once`, `Name at most ${REQUEUE_TARGETS_MAX}, or order all of a kind.`);
  }
  return undefined;
}

/** A drop that gave images stands for those of them that can be ordered again; of several versions, those in quarantine. */
async function namedTargets(project: ProjectAccess, what: readonly string[]): Promise<RequeueTargets> {
  const images = new Set<string>();
  const drops: { bucket: string; key: string; versionId: string }[] = [];
  for (const one of what) {
    const found = await find(project.ledger(), project.facts, one);
    const quarantined = found.drops.filter(({ drop }) => drop.state === 'QUARANTINED');
    const given = await readImages(project.ledger(), found.drops.flatMap((story) => story.sourceRefs));
    const stuck = given.filter(({ state }) => state === 'QUARANTINED' || state === 'HELD');
    const chosen = quarantined.length + stuck.length > 0 ? quarantined : found.drops;
    drops.push(...chosen.map(({ drop: { bucket, key, versionId } }) => ({ bucket, key, versionId })));
    [...stuck, ...(found.image ? [found.image.image] : [])].forEach(({ sourceRef }) => images.add(sourceRef));
  }
  if (images.size + drops.length > REQUEUE_TARGETS_MAX) {
    throw usageError(
      `these are ${images.size + drops.length} images and drops, and ${REQUEUE_TARGETS_MAX} can be named at once`,
      'Name fewer, or order all of a kind: --quarantined or --held.',
    );
  }
  return { images: [...images], drops };
}

async function question(project: ProjectAccess, { all, reason }: RequeueTargets): Promise<string | undefined> {
  if (all === undefined) {
    return undefined;
  }
  const { counts } = await project.ask({ command: 'status' });
  const of = (name: string): number => counts[name] ?? 0;
  if (all === 'held' && (reason === REASON.NEAR_DUPLICATE || reason === REASON.NO_PRE_LABEL)) {
    const number = of(reason === REASON.NEAR_DUPLICATE ? 'near-duplicate' : 'held-back');
    return `Order ${count(number, 'image')} again that are held for ${reason}? Workers are paid for each image that they label.`;
  }
  return all === 'held'
    ? `Order ${count(of('image:HELD'), 'held image')} again, ${of('near-duplicate').toLocaleString('en-US')} of them near duplicates? A job may still report labels for those that it had: such images are labeled, and paid for, twice.`
    : `Order ${reason === undefined ? 'all' : `those with reason ${reason}`} of ${count(of('drop:QUARANTINED'), 'drop')} and `
      + `${count(of('image:QUARANTINED'), 'image')} in quarantine again? Workers are paid for each image that they label.`;
}

function reportLines({ drops = 0, images = 0, refused = [] }: Partial<OrderReport>, columns: number): string[] {
  return [
    `Ordered again: ${count(drops, 'drop')}, ${count(images, 'image')}.`,
    ...refused.flatMap(({ target, why }) => hanging(`${target}: ${why}`, columns, '  not ', '      ')),
    ...(drops + images > 0 ? hanging('`explain` shows how they fare. A drop is judged anew; an image goes to the next job with room.', columns, '  → ') : []),
  ];
}

function exitOf(context: Context, { order }: Status): void {
  if (order?.done && (order.drops ?? 0) + (order.images ?? 0) === 0) {
    context.exitWith(EXIT.FAILED);
  }
}

/** What lies in quarantine or is held, once more, on purpose. */
export const requeue: CliCommand = {
  register(program, context) {
    forProject(program.command('requeue'))
      .description('order quarantined or held drops and images again, with a clean record')
      .argument('[what...]', 'keys or s3:// URIs of drops or images, or sha256 hashes')
      .option('--quarantined', 'everything in quarantine')
      .option('--held', 'every held image: some may be labeled twice, see docs/cli.md')
      .option('--reason <code>', 'with --quarantined or --held: only what is there for this reason')
      .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
      .option('-y, --yes', 'do not ask')
      .action(async (what: string[], options: Options) => {
        const all = allOf(what, options);
        const project = await context.connect(options);
        const targets = all ?? await namedTargets(project, what);
        const ask = options.yes ? undefined : await question(project, targets);
        if (ask !== undefined) {
          await assertConfirmed(context, options.yes, ask);
        }
        const answer = await giveOrder(context, project, { command: 'requeue', by: options.by, targets });
        showOrder(context, options, answer, (columns) => reportLines(answer.order ?? {}, columns));
        exitOf(context, answer);
      });
  },
};
