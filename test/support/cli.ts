import { MemoryProject } from './memory-project';
import { Context } from '../../src/cli/context';
import { usageError } from '../../src/cli/errors';
import { runCli } from '../../src/cli/program';
import { ProjectAccess, ProjectFacts } from '../../src/cli/project-access';
import { OperatorRequest, Status } from '../../src/contract/operator';

/** What a command line gave. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliWorld {
  /** The controller function. */
  readonly ask: (request: OperatorRequest) => Promise<Status>;
  readonly columns?: number;
  /** More of what is known of the project. */
  readonly facts?: Partial<ProjectFacts>;
  readonly confirm?: Context['confirm'];
  /** Called while a command waits. */
  readonly sleep?: Context['sleep'];
  readonly openAccount?: Context['openAccount'];
  readonly onInterrupt?: Context['onInterrupt'];
}

/** Runs a command line against a project in memory. `--stack NAME` is taken for its stack, `--function` and `--table` for its parts. */
export async function cli(project: MemoryProject | undefined, world: CliWorld, ...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(argv, {
    out: { columns: world.columns, write: (text) => out.push(text) },
    err: { columns: world.columns, write: (text) => err.push(text) },
    user: 'ada',
    confirm: world.confirm ?? (async () => undefined),
    sleep: world.sleep ?? (async () => undefined),
    openAccount: world.openAccount ?? (() => Promise.reject(new Error('there is no account'))),
    onInterrupt: world.onInterrupt ?? (() => () => undefined),
    connect: async ({ stack, table }): Promise<ProjectAccess> => ({
      facts: stack === undefined ? {} : { ...project!.world.resources, controllerFunction: 'controller', ...world.facts },
      ask: world.ask,
      ledger: () => {
        if (stack === undefined && table === undefined) {
          throw usageError('this command reads the ledger', 'Name the stack with --stack, or the ledger table with --table.');
        }
        return project!.world.ledger.table;
      },
    }),
  }, '1.2.3');
  return { code, out: out.join(''), err: err.join('') };
}
