import { tearDown, Teardown } from '../../../src/runtime/deployment/teardown';
import { HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { pngOf, processingProject } from '../../support/processing-project';
import { Trouble, TroubleKind, Troubles } from '../../support/trouble';

/** Time goes by for pipelines and jobs while the deletion waits. */
const waiting = (project: MemoryProject) => async (ms: number): Promise<void> => {
  project.clock.advance(ms);
  await project.simulator.step();
  await project.outside.pipelineSimulator.step();
};
const end = (project: MemoryProject, patience = 12 * MINUTE): Promise<Teardown> =>
  tearDown(project.world, project.clock.now() + patience, waiting(project));
const statuses = (project: MemoryProject): string[] => project.outside.pipelineSimulator.executions().map(({ status }) => status);

/** A batch is with the pipeline, and takes long. */
async function busyProject(troubles?: Troubles): Promise<MemoryProject> {
  const apiVerdict = () => troubles?.apiVerdict() ?? 'ok' as const;
  const project = await processingProject({
    pipelines: { apiVerdict, stepTime: ({ Type }) => Type === 'Processing' ? HOUR / 2 : 0 }, simulator: { apiVerdict },
  });
  await project.drop('good', pngOf('good'));
  await project.rounds(3);
  expect(statuses(project)).toEqual(['Executing']);
  return project;
}

interface Ended {
  readonly calls: number;
  readonly project: MemoryProject;
  readonly error: unknown;
}

async function endInTrouble(trouble: Trouble): Promise<Ended> {
  const troubles = new Troubles();
  const project = await busyProject(troubles);
  troubles.attach(project);
  const error = await troubles.during(trouble, () => end(project));
  return { calls: troubles.calls, project, error };
}

test('an execution that runs is stopped, so that the pipeline can be deleted; none starts ever after', async () => {
  const project = await busyProject();
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(statuses(project)).toEqual(['Stopped']);
  await project.drop('late', pngOf('late'));
  await project.rounds(5);
  expect(statuses(project)).toEqual(['Stopped']);
  expect(() => project.outside.pipelineSimulator.removePipeline('froth-pipeline')).not.toThrow();
});

test('what it was at work on is worked on when the project is deployed again', async () => {
  const project = await busyProject();
  await end(project);
  await project.deploy();
  for (let round = 0; round < 120 && project.outside.cloud.buckets.peekKeys('drop').length > 0; round += 1) {
    await project.round();
  }
  await project.finish();
  expect([project.lost(), project.double()]).toEqual([[], 0]);
});

test('an execution that may have been started, although nobody got the answer, is found and stopped', async () => {
  const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? HOUR / 2 : 0 } });
  const { pipelines } = project.world;
  const { start } = pipelines;
  pipelines.start = async (request) => {
    await start.call(pipelines, request);
    throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
  };
  await project.drop('good', pngOf('good'));
  await project.intake();
  await project.round().catch(() => undefined);
  expect([statuses(project), (await project.read()).processing.batch?.arn]).toEqual([['Executing'], undefined]);
  pipelines.start = start;
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(statuses(project)).toEqual(['Stopped']);
});

test('a function of the pipeline cannot be stopped: it is waited for, and named at the deadline', async () => {
  const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Lambda' ? 9 * MINUTE : 0 } });
  await project.drop('good', pngOf('good'));
  await project.rounds(3);
  expect(statuses(project)).toEqual(['Executing']);
  expect((await end(project, MINUTE)).jobsLeft).toContain('batch-1');
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(statuses(project)).toEqual(['Stopped']);
});

test.each<TroubleKind>(['throw-before', 'throw-after'])('whichever call fails once (%s), the execution is stopped', async (kind) => {
  let calls = Infinity;
  for (let at = 0; at < calls; at += 1) {
    const ended = await endInTrouble({ kind, at });
    calls = ended.calls;
    expect([at, ended.error, statuses(ended.project)]).toEqual([at, undefined, ['Stopped']]);
  }
  expect(calls).toBeGreaterThan(5);
});

test.each<TroubleKind>(['die-before', 'die-after'])('wherever it dies (%s), the next try stops the execution', async (kind) => {
  const { calls } = await endInTrouble({ kind: 'throw-before', at: Infinity });
  for (let at = 0; at < calls; at += 1) {
    const { project } = await endInTrouble({ kind, at });
    expect([at, await end(project), statuses(project)]).toEqual([at, { jobsLeft: [] }, ['Stopped']]);
  }
});
