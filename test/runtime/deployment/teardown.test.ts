import { run } from '../../../src/runtime/controller/controller';
import { takeConfiguration } from '../../../src/runtime/deployment/deploy';
import { tearDown } from '../../../src/runtime/deployment/teardown';
import { noteProgress, readOrder, refuseCommands } from '../../../src/runtime/ledger/commands';
import { giveBack, readNotes, takeLease } from '../../../src/runtime/ledger/lease';
import { stateWrite } from '../../../src/runtime/ledger/project';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { job, jobStatuses, pass, runningProject } from '../../support/running-project';
import { TroubleKind, Troubles } from '../../support/trouble';

/** Time goes by for the jobs while the deletion waits. */
const waiting = (project: MemoryProject) => async (ms: number): Promise<void> => {
  project.clock.advance(ms);
  await project.simulator.step();
};
const end = (project: MemoryProject, patience = HOUR) => tearDown(project.world, project.clock.now() + patience, waiting(project));
const queues = (project: MemoryProject): string[] => project.outside.cloud.queues.peekNames().filter((name) => name.startsWith('GroundTruth'));

test('a project without a job is retired at once', async () => {
  const project = await MemoryProject.create();
  const { length } = project.clock.now().toString();
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect((await project.read()).state).toMatchObject({ mode: 'RETIRED' });
  expect(length).toBeGreaterThan(0);
});

test('a running job is stopped and its queue goes; labels stay; nothing is started ever after', async () => {
  const project = await runningProject();
  await project.label(1);
  await project.rounds(8);
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect([jobStatuses(project), queues(project)]).toEqual([['1 Stopped'], []]);
  expect(project.dataSet()).toHaveLength(1);
  await project.drop('late.jpg');
  await project.command('resume');
  await pass(project, 5 * HOUR);
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
  expect((await project.read()).state.mode).toBe('RETIRED');
  expectConservation(project.outside.table);
});

test('stop means stop: a paused project is paused again when it is deployed again', async () => {
  const project = await runningProject();
  await project.command('pause');
  await project.rounds(2);
  await end(project);
  await end(project);
  await project.deploy();
  expect((await project.read()).state).toMatchObject({ mode: 'PAUSED', modeReason: 'pause by test' });
});

test('a job that the service does not show yet is waited for, then stopped', async () => {
  const project = await MemoryProject.create({ simulator: { describeConsistencyDelay: 4 * MINUTE } });
  await project.drop('a.jpg');
  await project.rounds(2);
  expect(jobStatuses(project)).toEqual(['1 Initializing']);
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect([jobStatuses(project), queues(project)]).toEqual([['1 Stopped'], []]);
});

test('a create that is carried out after its caller gave up leaves no job behind', async () => {
  const project = await MemoryProject.create();
  await project.drop('a.jpg');
  let late: (() => Promise<unknown>) | undefined;
  const { jobs } = project.outside;
  const create = jobs.create.bind(jobs);
  jobs.create = async (request) => {
    late = () => create(request);
    throw new Error('time-out');
  };
  await project.intake();
  await expect(run(project.world, 'test')).rejects.toThrow('time-out');
  let waited = 0;
  const pause = async (ms: number): Promise<void> => {
    waited += ms;
    if (waited >= 50_000) {
      await late?.();
      late = undefined;
    }
    await waiting(project)(ms);
  };
  expect(await tearDown(project.world, project.clock.now() + HOUR, pause)).toEqual({ jobsLeft: [] });
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
});

test('a job that has not begun is waited for, then stopped', async () => {
  const project = await MemoryProject.create({ simulator: { initializingTime: 10 * MINUTE } });
  await project.drop('a.jpg');
  await project.rounds(2);
  expect(jobStatuses(project)).toEqual(['1 Initializing']);
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect([jobStatuses(project), queues(project)]).toEqual([['1 Stopped'], []]);
});

test('at the deadline it says what is left and lets go', async () => {
  const project = await MemoryProject.create({ simulator: { initializingTime: 10 * HOUR } });
  await project.drop('a.jpg');
  await project.rounds(2);
  const started = project.clock.now();
  expect(await end(project, 12 * MINUTE)).toEqual({ jobsLeft: ['froth-0a1b2c3d-1'] });
  expect(project.clock.now() - started).toBeLessThanOrEqual(13 * MINUTE);
});

test.each(['throw-before', 'throw-after'] as const)('a create whose outcome is unknown (%s): a job that was made is stopped', async (verdict) => {
  let next: 'ok' | typeof verdict = verdict;
  const project = await MemoryProject.create({
    simulator: {
      apiVerdict: (operation) => {
        const now = operation === 'CreateLabelingJob' ? next : 'ok';
        next = operation === 'CreateLabelingJob' ? 'ok' : next;
        return now;
      },
    },
  });
  await project.drop('a.jpg');
  await project.round().catch(() => undefined);
  expect(await job(project, 1)).toMatchObject({ phase: 'PLANNED' });
  await pass(project, 0);
  project.clock.advance(3 * MINUTE);
  await project.simulator.step();
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(jobStatuses(project)).toEqual(verdict === 'throw-after' ? ['1 Stopped'] : []);
  // deployed again, that stop was ours and not an operator's
  await takeConfiguration(project.world, project.configuration);
  await project.finish();
  expect((await project.read()).state.mode).toBe('ACTIVE');
  expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
});

test('a service that fails for a while is asked again', async () => {
  let failures = 5;
  const project = await runningProject({ simulator: { apiVerdict: (operation) => operation !== 'CreateLabelingJob' && failures < 5 && failures++ >= 0 ? 'throw-before' : 'ok' } });
  failures = 0;
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
});

test('a run that is under way ends first, and what it wrote does not bring the project back', async () => {
  const project = await runningProject();
  const lease = (await takeLease(project.world.ledger, 3 * MINUTE))!;
  let waits = 0;
  const ended = await tearDown(project.world, project.clock.now() + HOUR, async (ms) => {
    await waiting(project)(ms);
    waits += 1;
    if (waits === 3) {
      // the run read its orders before the deletion began
      await project.world.ledger.table.write([stateWrite({ mode: 'ACTIVE', modeReason: 'resume by somebody' })]);
      await giveBack(project.world.ledger, await readNotes(project.world.ledger, lease));
    }
  });
  expect(ended).toEqual({ jobsLeft: [] });
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
  expect((await project.read()).state.mode).toBe('RETIRED');
  await project.drop('late.jpg');
  await project.rounds(5);
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
});

test('somebody who never gives the lease back does not hang a deletion', async () => {
  const project = await runningProject();
  await takeLease(project.world.ledger, 10 * HOUR);
  const started = project.clock.now();
  await end(project, 10 * MINUTE);
  expect(project.clock.now() - started).toBeLessThanOrEqual(11 * MINUTE);
  expect(await run(project.world, 'late')).toEqual(['busy']);
});

test('ended jobs that are not settled lose their queues too, and are settled after a new deploy', async () => {
  const project = await runningProject();
  await project.label(1);
  await project.simulator.expire(project.liveJobName()!);
  await project.rounds(2);
  expect(queues(project)).toHaveLength(1);
  expect(await end(project)).toEqual({ jobsLeft: [] });
  expect(queues(project)).toEqual([]);
  await project.deploy();
  await project.finish();
  expect([project.lost(), project.double()]).toEqual([[], 0]);
});

/** A project whose job runs, and a deletion during which one call goes wrong; answers how many calls it took. */
async function endInTrouble(
  kind: TroubleKind, at: number,
): Promise<{ readonly calls: number; readonly project: MemoryProject; readonly error: unknown }> {
  const troubles = new Troubles();
  const project = await runningProject({ simulator: { apiVerdict: () => troubles.apiVerdict() } });
  troubles.attach(project);
  const error = await troubles.during({ at, kind }, () => end(project, 12 * MINUTE));
  return { calls: troubles.calls, project, error };
}

test.each<TroubleKind>(['throw-before', 'throw-after'])('whichever call fails once (%s), the job is stopped and its queue goes', async (kind) => {
  let calls = Infinity;
  for (let at = 0; at < calls; at += 1) {
    const ended = await endInTrouble(kind, at);
    calls = ended.calls;
    expect([at, ended.error, jobStatuses(ended.project), queues(ended.project)]).toEqual([at, undefined, ['1 Stopped'], []]);
    expect((await ended.project.read()).state.mode).toBe('RETIRED');
  }
  expect(calls).toBeGreaterThan(10);
});

test.each<TroubleKind>(['die-before', 'die-after'])('wherever it dies (%s), the next try ends the project', async (kind) => {
  const { calls } = await endInTrouble('throw-before', Infinity);
  for (let at = 0; at < calls; at += 1) {
    const { project } = await endInTrouble(kind, at);
    expect([at, await end(project, 12 * MINUTE), jobStatuses(project), queues(project)]).toEqual([at, { jobsLeft: [] }, ['1 Stopped'], []]);
    expect((await project.read()).state.mode).toBe('RETIRED');
  }
});

describe('an order that was not carried out when the stack was deleted', () => {
  const RETIRED = { done: true, failed: expect.stringContaining('the project was retired') as string };

  test('has failed for who gave it, and is not obeyed when the project comes back after months', async () => {
    const project = await runningProject();
    const [roll, drain] = [await project.command('roll'), await project.command('drain')];
    expect(await end(project)).toEqual({ jobsLeft: [] });
    expect([await readOrder(project.world.ledger, roll), await readOrder(project.world.ledger, drain)]).toMatchObject([RETIRED, RETIRED]);
    project.clock.advance(60 * DAY);
    await project.deploy();
    await project.drop('new.jpg');
    await project.finish();
    expect([(await project.read()).state.mode, project.lost(), project.double()]).toEqual(['ACTIVE', [], 0]);
  });

  test('nor one that was given since, when no controller was there; one that is given after the deploy is obeyed', async () => {
    const project = await runningProject();
    await end(project);
    const since = await project.command('drain');
    project.clock.advance(60 * DAY);
    await project.deploy();
    const pause = await project.command('pause');
    await project.deploy();
    await project.rounds(2);
    expect(await readOrder(project.world.ledger, since)).toMatchObject(RETIRED);
    expect(await readOrder(project.world.ledger, pause)).toEqual({ id: pause, done: true });
    expect((await project.read()).state.mode).toBe('PAUSED');
  });

  test('says what had been done of it', async () => {
    const project = await runningProject();
    const id = await project.command('requeue', { all: 'quarantined' });
    const [command] = (await project.read()).commands;
    await noteProgress(project.world.ledger, command, { images: 2, drops: 1 });
    await end(project);
    expect(await readOrder(project.world.ledger, id)).toMatchObject({ ...RETIRED, images: 2, drops: 1 });
  });

  test('keeps what came of it where a run carried it out just then', async () => {
    const project = await runningProject();
    const id = await project.command('pause');
    const { commands } = await project.read();
    await project.round();
    await refuseCommands(project.world.ledger, commands, 'too late');
    expect(await readOrder(project.world.ledger, id)).toEqual({ id, done: true });
  });

  test.each<TroubleKind>(['die-before', 'die-after'])('wherever deletion and deploy die (%s), it was refused or never retired', async (kind) => {
    let calls = Infinity;
    for (let at = 0; at < calls; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: () => troubles.apiVerdict() } });
      const orders = [await project.command('drain'), await project.command('pause')];
      troubles.attach(project);
      await troubles.during({ at, kind }, () => end(project, 12 * MINUTE));
      const ofDeletion = troubles.calls;
      // Every other one is not tried again: the stack is gone all the same.
      await (at % 2 === 0 ? end(project, 12 * MINUTE) : undefined);
      const wasRetired = (await project.read()).state.mode === 'RETIRED';
      await troubles.during({ at, kind }, () => project.deploy());
      calls = Math.max(ofDeletion, troubles.calls);
      await project.deploy();
      await project.rounds(2);
      const reports = await Promise.all(orders.map((id) => readOrder(project.world.ledger, id)));
      expect([at, (await project.read()).commands]).toEqual([at, []]);
      if (wasRetired) {
        expect([at, (await project.read()).state.mode, reports]).toMatchObject([at, 'ACTIVE', [RETIRED, RETIRED]]);
      }
    }
    expect(calls).toBeGreaterThan(10);
  });
});
