import { backfill } from './backfill';
import { explain } from './explain';
import { exportDataSet } from './export';
import { help } from './help';
import { lint } from './lint';
import { list } from './list';
import { modes } from './modes';
import { preview } from './preview';
import { probeCommand } from './probe';
import { requeue } from './requeue';
import { status } from './status';
import { CliCommand } from '../command';

/** Every command, in the order in which the help lists them. A new one is a file beside this one and a line here. */
export const COMMANDS: readonly CliCommand[] = [
  status, explain, list, modes, requeue, backfill, exportDataSet, lint, preview, probeCommand, help,
];
