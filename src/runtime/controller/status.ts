import { readChain } from '../ledger/jobs';
import { ProjectState, readProject } from '../ledger/project';
import { World } from '../world';

/** How a project is, as an operator reads it. */
export interface Status {
  readonly project: string;
  readonly mode: ProjectState['mode'];
  readonly modeReason?: string;
  /** Standing alerts. */
  readonly alerts: readonly string[];
  /** Drops and images by state. */
  readonly counts: { readonly [name: string]: number | undefined };
  readonly spent: { readonly day: string; readonly today: number; readonly total: number };
  readonly dataSet: { readonly lines: number; readonly publishedAt?: string };
  /** The newest jobs first. */
  readonly jobs: readonly {
    readonly name: string; readonly phase: string; readonly status?: string;
    readonly offered: number; readonly labeled: number; readonly open: number; readonly reason?: string;
  }[];
}

/** Jobs that a status shows. */
const JOBS_SHOWN = 10;

export async function readStatus(world: World): Promise<Status> {
  const { state, counts, dataSet, alerts } = await readProject(world.ledger);
  const jobs = await readChain(world.ledger.table, JOBS_SHOWN);
  return {
    project: world.resources.projectId,
    mode: state.mode,
    modeReason: state.modeReason,
    alerts,
    counts,
    spent: { day: state.spentDay, today: state.spentToday, total: state.spentTotal },
    dataSet: { lines: dataSet.lines, publishedAt: dataSet.publishedAt > 0 ? new Date(dataSet.publishedAt).toISOString() : undefined },
    jobs: jobs.map((job) => ({
      name: job.name, phase: job.phase, status: job.endStatus ?? job.status,
      offered: job.offered, labeled: job.labeled, open: job.open, reason: job.failureReason,
    })),
  };
}
