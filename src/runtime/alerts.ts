import { messageOf } from './errors';
import { EVENT_TYPE, eventHead } from '../contract/events';
import { ProjectConfiguration } from '../contract/project-configuration';
import { Project, StandingAlert, alertGone, alertMessage, alertOver, alertText, alertTold, alertWrite } from './ledger/project';
import { World } from './world';

/** What a person must be told, by what it is about. One stands until its cause is gone. */
export type AlertCode =
  | 'configuration' | 'control' | 'create' | 'breaker' | 'stopped-by-hand' | 'foreign-subscription' | 'double-label' | 'held-back'
  | 'backfill' | 'drift' | 'feature-engineering' | 'pipeline' | 'late-labels' | 'replaced-drop' | `unsettled-${number}`;

/** What an alert is raised for. Who has not read what stands, writes it and learns that it stands. */
type Raising = Pick<Project, 'alerts' | 'configuration'> & Partial<Pick<Project, 'standing'>>;

/**
 * Raises an alert once, however often it is called. An event that the bus does not take now is published by the next run. One that
 * stands already says from now on what is the cause now; there is no event of that, because causes may take turns for hours.
 */
export async function raise(world: World, project: Raising, code: AlertCode, message: string): Promise<void> {
  if (project.alerts.includes(code)) {
    await correct(world, project, code, message);
    return;
  }
  const since = world.ledger.clock.now();
  const outcome = await world.ledger.table.write([alertWrite(code, message, since)]);
  if (!outcome.done) {
    return;
  }
  world.telemetry.error(message, { notice: 'alert', code });
  if (project.configuration) {
    await tell(world, project.configuration, { code, message, since });
  }
}

async function correct(world: World, { standing = [] }: Raising, code: AlertCode, message: string): Promise<void> {
  const alert = standing.find((one) => one.code === code);
  if (alert && !says(alert, message)) {
    await world.ledger.table.write([alertMessage(code, alert.since ?? 0, message)]);
    world.telemetry.warn(message, { notice: 'alert-changed', code });
  }
}

/** Counts go up and down at each run: another number of the same things is nothing new. The number of a job is its name. */
const withoutCounts = (message: string): string => alertText(message).replace(/(?<!\S)(?<!\bjob )\d+(?= )/g, '#');

const says = (alert: StandingAlert, message: string): boolean => withoutCounts(alert.message) === withoutCounts(message);

/** Whether the alert stands with that message, or does not where there is none. */
export function isTold({ standing }: Pick<Project, 'standing'>, code: AlertCode, message: string | undefined): boolean {
  const alert = standing.find((one) => one.code === code);
  return message === undefined ? alert === undefined : alert !== undefined && says(alert, message);
}

/** Publishes the events of alerts whose raising failed or died before it could. */
export async function tellAlerts(world: World, { configuration, standing }: Pick<Project, 'configuration' | 'standing'>): Promise<void> {
  for (const alert of configuration ? standing.filter(({ untold }) => untold) : []) {
    await tell(world, configuration!, alert);
  }
}

/** What the alert is about must not wait for the bus. */
async function tell(world: World, configuration: ProjectConfiguration, { code, message, since }: StandingAlert): Promise<void> {
  try {
    await world.bus.publish([{ type: EVENT_TYPE.ALERT, detail: { ...eventHead(configuration), code, message } }]);
  } catch (error) {
    world.telemetry.warn(`the event of alert ${code} is published later: ${messageOf(error)}`, { notice: 'alert-untold', code });
    return;
  }
  await world.ledger.table.write([alertTold(code, since ?? 0)]);
}

export async function clear(world: World, project: Project, code: AlertCode): Promise<void> {
  if (project.alerts.includes(code)) {
    await retract(world, code);
  }
}

/** The same for who has not read whether it stands. With a time, only the one that was raised then: another may stand in its place. */
export async function retract(world: World, code: AlertCode, since?: number): Promise<void> {
  const { done } = await world.ledger.table.write([since === undefined ? alertGone(code) : alertOver(code, since)]);
  if (!done) {
    return;
  }
  world.telemetry.info(`alert ${code} is over`, { notice: 'alert-over', code });
}
