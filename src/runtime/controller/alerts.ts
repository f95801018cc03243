import { EVENT_TYPE } from '../../contract/events';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { Project, alertGone, alertWrite } from '../ledger/project';
import { World } from '../world';

/** What a person must be told, by what it is about. One stands until its cause is gone. */
export type AlertCode =
  | 'configuration' | 'control' | 'create' | 'breaker' | 'stopped-by-hand' | 'foreign-subscription' | 'double-label' | 'held-back'
  | 'backfill' | 'drift' | 'feature-engineering' | 'pipeline' | `unsettled-${number}`;

/** Raises an alert once, however often it is called. */
export async function raise(world: World, project: Pick<Project, 'alerts' | 'configuration'>, code: AlertCode, message: string): Promise<void> {
  if (project.alerts.includes(code)) {
    return;
  }
  const outcome = await world.ledger.table.write([alertWrite(code, message, world.ledger.clock.now())]);
  if (!outcome.done) {
    return;
  }
  world.telemetry.error(message, { notice: 'alert', code });
  if (project.configuration) {
    await world.bus.publish([{ type: EVENT_TYPE.ALERT, detail: { ...eventHead(project.configuration), code, message } }]);
  }
}

export async function clear(world: World, project: Project, code: AlertCode): Promise<void> {
  if (project.alerts.includes(code)) {
    await retract(world, code);
  }
}

/** The same for who has not read whether it stands. */
export async function retract(world: World, code: AlertCode): Promise<void> {
  await world.ledger.table.write([alertGone(code)]);
  world.telemetry.info(`alert ${code} is over`, { notice: 'alert-over', code });
}

/** How every event of a project begins. */
export function eventHead(configuration: ProjectConfiguration): { project: string; chainId: string } {
  return { project: configuration.projectName, chainId: configuration.chainId };
}
