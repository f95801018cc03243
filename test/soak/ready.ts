import type { History } from './history';
import { jobsOf } from './laws';
import { SoakProject } from './project';
import { keyOf } from './script';
import { MINUTE, OpenTask } from '../../src/local/simulator';

/** Rounds that bringing something about may take, each a minute longer than the one before. */
const ROUNDS_MAX = 7;

/** After so many rounds without what is wanted, somebody gives the input bucket its CORS rules back. */
const ROUNDS_WITHOUT_CORS = 3;

/** The key of drops that are made only so that there is something to do. */
const FRESH_KEY = 5;

/** Tasks that workers can see and answer. */
export function openTasks(history: History, project: SoakProject): OpenTask[] {
  return history.tasksOf(project).filter(({ unloadable }) => unloadable === undefined);
}

export function hasTask(history: History, project: SoakProject): boolean {
  return openTasks(history, project).length > 0;
}

export function hasRunningJob(history: History, project: SoakProject): boolean {
  return jobsOf(project, history.simulator.jobs()).some(({ LabelingJobStatus: status }) => status === 'InProgress');
}

/** Drops something that was never dropped before. */
export async function dropFresh(project: SoakProject, key = keyOf(FRESH_KEY)): Promise<void> {
  await project.drop(key, `content ${100 + project.versions.length}`);
}

/**
 * Lets people and schedules work on until something holds that a deed needs: a job that is not running cannot fail, and a task
 * that is not there cannot be declined. Without this, histories would be of projects that hang most of the time.
 */
export async function until(history: History, project: SoakProject, holds: () => boolean): Promise<boolean> {
  const { simulator, tally } = history;
  for (let round = 0; round < ROUNDS_MAX && !holds() && simulator.options.newAccountRefused === undefined; round += 1) {
    await getGoing(history, project);
    if (round === ROUNDS_WITHOUT_CORS) {
      history.account.cloud.buckets.setCors(project.world.resources.inputBucket, true);
    }
    await history.round(project);
    await history.pass((1 + round) * MINUTE);
  }
  tally.detail(holds() ? 'what a deed needs is there' : 'what a deed needs cannot be had');
  return holds();
}

async function getGoing(history: History, project: SoakProject): Promise<void> {
  if (project.retired) {
    history.tally.fault('deploy-after-teardown');
    await project.deploy({});
  }
  const { mode, breaker } = (project.watch.state ?? {}) as { mode?: string; breaker?: { openedAt?: number } };
  if ((mode !== undefined && mode !== 'ACTIVE') || breaker?.openedAt !== undefined) {
    history.tally.fault('order-resume');
    await project.command('resume');
  }
  if (['PENDING', 'SENDING', 'SENT'].every((state) => project.watch.count.of(`image:${state}`) === 0)) {
    await dropFresh(project);
  }
}
