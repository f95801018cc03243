import { BackfillReport } from '../../contract/backfill';
import { CURRENT_DATA_SET_KEY } from '../../contract/environment';
import { Status } from '../../contract/operator';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { s3Uri } from '../core/object-keys';
import { BackfillRecord } from '../ledger/backfill';
import { readChain } from '../ledger/jobs';
import { readProject } from '../ledger/project';
import { World } from '../world';

/** Jobs that a status shows. */
const JOBS_SHOWN = 10;

const iso = (at: number): string => new Date(at).toISOString();

export async function readStatus(world: World): Promise<Status> {
  const { state, counts, dataSet, standing, commands, configuration, backfill } = await readProject(world.ledger);
  const jobs = await readChain(world.ledger.table, JOBS_SHOWN);
  return {
    project: world.resources.projectId,
    now: iso(world.ledger.clock.now()),
    mode: state.mode,
    modeReason: state.modeReason,
    alerts: standing.map(({ code, message, since }) => ({ code, message, ...(since === undefined ? {} : { since: iso(since) }) })),
    counts,
    spent: { day: state.spentDay, today: state.spentToday, total: state.spentTotal },
    limits: {
      window: configuration?.work.window, maxImagesPerDay: configuration?.work.maxImagesPerDay, maxImages: configuration?.work.maxImages,
    },
    dataSet: {
      uri: s3Uri(world.resources.outputBucket, CURRENT_DATA_SET_KEY),
      lines: dataSet.lines,
      publishedAt: dataSet.publishedAt > 0 ? iso(dataSet.publishedAt) : undefined,
    },
    jobs: jobs.map((job) => ({
      name: job.name, phase: job.phase, status: job.endStatus ?? job.status,
      offered: job.offered, labeled: job.labeled, open: job.open, reason: job.failureReason,
    })),
    ...(backfill && configuration ? { backfill: backfillReport(backfill, configuration) } : {}),
    waiting: commands.map(({ sk, name, by, at }) => ({ id: sk, name, by, at: iso(at) })),
  };
}

function backfillReport(
  { plan, phase, source, objectsPerMinute, by, plannedAt, found, queued, ends }: BackfillRecord,
  { work, featureEngineering }: ProjectConfiguration,
): BackfillReport {
  return {
    plan, phase, source, objectsPerMinute, plannedAt: iso(plannedAt), found, queued,
    ...(by === undefined ? {} : { by }),
    ...(ends === undefined ? {} : { ends }),
    workersPerImage: work.workersPerImage,
    imagesPerDrop: featureEngineering.kind === 'images' ? Math.max(1, featureEngineering.renditions?.length ?? 1) : 1,
  };
}
