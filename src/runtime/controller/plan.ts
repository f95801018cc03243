import { CURRENT_DATA_SET_KEY, PREFIX } from '../../contract/environment';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { MANIFEST_LINE_MAX_CHARACTERS } from '../../contract/limits';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { opened } from '../core/breaker';
import { jobName } from '../core/job-names';
import { cleanLine, parseKeptLine, verdict } from '../core/label-lines';
import { s3Uri } from '../core/object-keys';
import { wantedPage } from '../instructions/version';
import { JobRecord, jobItem } from '../ledger/jobs';
import { stateWrite } from '../ledger/project';
import { JobRequest } from '../ports';
import { World } from '../world';
import { ConfigurationFiles, writeConfigurationFiles } from './configuration-files';
import { publishDataSet } from './data-set';
import { foreignListener } from './foreign-listener';
import { Seen } from './observe';

/** A manifest of finished labels may take so much of the service's quota: the rest is for what is still to come. */
const CARRY_SHARE = 0.5;

/**
 * Plans the next job: everything that it will read is written first, then one transaction writes its whole request down. Whether
 * the service takes it is the next step's business, under the same name however often it must be asked.
 */
export async function start(world: World, seen: Seen, carry: boolean, probe: boolean): Promise<void> {
  const { configuration, project } = seen;
  const foreign = await foreignListener(world, seen);
  if (foreign !== undefined) {
    const at = world.ledger.clock.now();
    await world.ledger.table.write([stateWrite({
      breaker: { ...opened(project.state.breaker, foreign, at), ...(probe ? { lastProbeAt: at } : {}) },
    })]);
    return;
  }
  const number = project.state.lastJob + 1;
  const name = jobName(configuration, number);
  const page = wantedPage(configuration, project.pushed?.version);
  const files = await writeConfigurationFiles(world, configuration, page);
  const carried = carry ? await writeManifest(world, seen, name) : 0;
  const now = world.ledger.clock.now();
  const job: JobRecord = {
    number, name, phase: 'PLANNED', plannedAt: now, carried, offered: 0, labeled: 0, open: 0, labels: configuration.task.labels,
    instructions: page.version, schema: 1,
    request: request(world, configuration, number, files, carried > 0),
  };
  await world.ledger.table.write([
    { put: jobItem(job), when: [{ attribute: 'phase', is: 'absent' }] },
    stateWrite({
      lastJob: number,
      openJobs: [...project.state.openJobs, number],
      ...(project.state.startOrder ? { startOrder: undefined } : {}),
      ...(probe ? { breaker: { ...project.state.breaker, lastProbeAt: now } } : {}),
    }),
  ]);
}

/** The chain's finished labels as the next job's manifest. Answers its lines; 0: the job gets none. */
async function writeManifest(world: World, seen: Seen, name: string): Promise<number> {
  const { task } = seen.configuration;
  const most = LABELING_TASKS[task.type].dataSetQuota * CARRY_SHARE;
  if (seen.project.dataSet.lines > most) {
    return 0;
  }
  const dataSet = await publishDataSet(world, seen.project.dataSet, true);
  if (dataSet.rebuild || dataSet.lines === 0 || dataSet.lines > most) {
    return 0;
  }
  const bucket = world.resources.outputBucket;
  const lines = await world.objects.lines(bucket, CURRENT_DATA_SET_KEY);
  if (!lines) {
    return 0;
  }
  const count = { lines: 0 };
  const finished = finishedLines(lines, task.labelAttributeName, count);
  await world.objects.putLines(bucket, manifestKey(name), finished, { contentType: 'application/x-ndjson' });
  return count.lines;
}

function manifestKey(name: string): string {
  return `${PREFIX.MANIFESTS}${name}.manifest`;
}

/** Only lines that are labeled under this attribute: any other would be given to workers, past the ledger. */
export async function* finishedLines(lines: AsyncIterable<string>, attribute: string, count: { lines: number }): AsyncIterable<string> {
  for await (const text of lines) {
    const line = parseKeptLine(text);
    if (!line || verdict(line, attribute).kind !== 'labeled') {
      continue;
    }
    const clean = JSON.stringify(cleanLine(line));
    if (clean.length <= MANIFEST_LINE_MAX_CHARACTERS) {
      count.lines += 1;
      yield clean;
    }
  }
}

function request(
  world: World, configuration: ProjectConfiguration, number: number, files: ConfigurationFiles, withManifest: boolean,
): JobRequest {
  const { task, work } = configuration;
  const name = jobName(configuration, number);
  const { resources } = world;
  return {
    name,
    labelAttributeName: task.labelAttributeName,
    taskTitle: task.title,
    taskDescription: task.description,
    taskKeywords: task.keywords,
    inputTopicArn: resources.inputTopicArn,
    outputTopicArn: resources.outputTopicArn,
    outputPath: s3Uri(resources.outputBucket, PREFIX.JOBS),
    outputKmsKeyArn: resources.outputKmsKeyArn,
    manifestUri: withManifest ? s3Uri(resources.outputBucket, manifestKey(name)) : undefined,
    roleArn: resources.executionRoleArn,
    ...files,
    workTeamArn: configuration.workTeamArn,
    preHumanTaskLambdaArn: task.preHumanTaskLambdaArn,
    consolidationLambdaArn: task.consolidationLambdaArn,
    workersPerImage: work.workersPerImage,
    taskTimeLimitSeconds: work.taskTimeLimitSeconds,
    taskAvailabilitySeconds: work.taskAvailabilitySeconds,
    maxConcurrentTasks: work.maxConcurrentTasks,
    tags: {
      ...configuration.tags,
      'streaming-labeling:project': configuration.projectName,
      ...(number > 1 ? { 'streaming-labeling:chained-from': jobName(configuration, number - 1) } : {}),
    },
  };
}
