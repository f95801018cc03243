import { Status } from '../../contract/operator';
import { CliCommand, CommonOptions, forProject } from '../command';
import { giveOrder, showOrder } from '../order';
import { statusLines } from '../status-text';

interface Options extends CommonOptions {
  readonly by?: string;
}

const ORDERS = {
  pause: 'feed and start nothing more; what workers have goes on',
  resume: 'go on: feed, start jobs, close the breaker',
  drain: 'let workers finish what they have, then stop the job',
  roll: 'replace the running job by a chained one',
} as const;

/** What came of an order, where there is more to say than that it is done. */
function cameOf(name: string, { order, mode }: Status): readonly string[] {
  if (name !== 'roll') {
    return [`Done: ${name}.`];
  }
  if (order?.job === undefined) {
    return ['No job runs: there is nothing to roll. The next one begins with what is', 'configured then.'];
  }
  return mode === 'ACTIVE' ? ['Done: roll. The next job comes when workers are through with what is left of', `${order.job}.`]
    : [`Done: roll. The project is ${mode}: after \`resume\` another job replaces`, `${order.job}.`];
}

/** The orders that change how a project works. */
export const modes: CliCommand = {
  register(program, context) {
    for (const [name, description] of Object.entries(ORDERS)) {
      forProject(program.command(name))
        .description(description)
        .option('--by <name>', 'who orders it, for the ledger (default: your user name)')
        .action(async (options: Options) => {
          const project = await context.connect(options);
          const answer = await giveOrder(context, project, { command: name, by: options.by });
          showOrder(context, options, answer, (columns) => [...cameOf(name, answer), '', ...statusLines(answer, columns)]);
        });
    }
  },
};
