import { REASON } from '../../contract/reasons';
import { Listed, Listing, listStatus } from '../../runtime/ledger/listing';
import { nearDetail } from '../../runtime/ledger/near-duplicates';
import { CliCommand, CommonOptions, forProject, show } from '../command';
import { EXIT, usageError } from '../errors';
import { assertReason } from '../reason';
import { count, hanging } from '../text';

interface Options extends CommonOptions {
  readonly held?: boolean;
  readonly quarantined?: boolean;
  readonly reason?: string;
  readonly limit: string;
}

const LIMIT = '100';

/** One thing of a list, for machines. */
interface Entry {
  readonly kind: Listed['kind'];
  /** What `explain` and `requeue` take. */
  readonly uri: string;
  /** Key of the drop. */
  readonly drop: string;
  readonly reason?: string;
  readonly detail?: string;
}

function entryOf(listed: Listed): Entry {
  if (listed.kind === 'drop') {
    const { bucket, key, reason, detail } = listed.drop;
    return { kind: 'drop', uri: `s3://${bucket}/${key}`, drop: key, reason, detail };
  }
  const { sourceRef, provenance, reason, near, job, failure } = listed.image;
  const detail = reason === REASON.NEAR_DUPLICATE && near ? nearDetail(near)
    : reason === undefined && job !== undefined ? `job ${job} does not settle` : failure?.reason;
  return { kind: 'image', uri: sourceRef, drop: String(provenance['drop-key'] ?? ''), reason, detail };
}

function entryLines({ kind, uri, drop, reason, detail }: Entry, columns: number): string[] {
  return [
    ...hanging(kind === 'image' ? `${drop} → ${uri}` : uri, columns, `${kind} `.padEnd(6)),
    ...hanging([reason, detail].filter((part) => part !== undefined).join(': '), columns, '      '),
  ];
}

function listLines({ entries, isWhole }: Listing, kind: string, columns: number): string[] {
  return [
    ...entries.flatMap((listed) => entryLines(entryOf(listed), columns)),
    entries.length === 0 ? `Nothing is ${kind}.` : `${isWhole ? '' : 'The first '}${count(entries.length, 'entry', 'entries')} of what is ${kind}.`,
    ...(entries.length > 0 ? hanging('`explain` tells the history of one, `requeue` lets it go on.', columns, '  → ') : []),
  ];
}

/** What waits for somebody, one by one. */
export const list: CliCommand = {
  register(program, context) {
    forProject(program.command('list'))
      .description('list what is held or in quarantine, and why')
      .option('--held', 'images that no worker gets: near duplicates, those without a pre-label, those of a job that does not settle')
      .option('--quarantined', 'drops and images in quarantine')
      .option('--reason <code>', 'only what is there for this reason')
      .option('--limit <n>', 'at most so many entries', LIMIT)
      .action(async (options: Options) => {
        if (options.held === options.quarantined) {
          throw usageError('what is to be listed?', 'Give one of --held and --quarantined.');
        }
        assertReason(options.reason);
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1) {
          throw usageError(`--limit is '${options.limit}'`, 'Give a whole number of entries.');
        }
        const kind = options.held ? 'held' : 'quarantined';
        const project = await context.connect(options);
        const listing = await listStatus(project.ledger(), kind, limit, options.reason);
        show(context, options, { entries: listing.entries.map(entryOf), isWhole: listing.isWhole },
          (columns) => listLines(listing, options.held ? 'held' : 'in quarantine', columns));
        context.exitWith(EXIT.DONE);
      });
  },
};
