import { CommonOptions, show, tell } from './command';
import { Context } from './context';
import { CommandError, EXIT } from './errors';
import { ProjectAccess } from './project-access';
import { OperatorRequest, Status } from '../contract/operator';

/** Between two looks whether an order was carried out, and how long to wait for it. Milliseconds. */
const LOOK_EVERY = 3_000;
const WAIT = 150_000;

/** Gives an order and waits until the controller has carried it out. */
export async function giveOrder(context: Context, project: ProjectAccess, request: OperatorRequest): Promise<Status> {
  let status = await project.ask({ ...request, by: request.by ?? context.user });
  const id = status.order?.id;
  if (id !== undefined && !status.order?.done) {
    tell(context, 'The controller is busy; the order is written down. Waiting for it to be carried out ...');
    for (let waited = 0; waited < WAIT && !status.order?.done; waited += LOOK_EVERY) {
      await context.sleep(LOOK_EVERY);
      status = await project.ask({ command: 'status', order: id });
    }
  }
  if (status.order?.failed !== undefined) {
    throw new CommandError(`the controller did not carry it out: ${status.order.failed}`, 'Mend that, then give the order again.');
  }
  return status;
}

/** Writes what became of an order. One that still waits ends with a code of its own. */
export function showOrder(context: Context, options: CommonOptions, status: Status, lines: (columns: number) => readonly string[]): void {
  const waits = status.order !== undefined && !status.order.done;
  show(context, options, status, (columns) => waits
    ? ['The order is written down and not carried out yet: the controller', 'does so by itself within minutes. `status` shows when it is done.']
    : lines(columns));
  if (waits) {
    context.exitWith(EXIT.ATTENTION);
  }
}
