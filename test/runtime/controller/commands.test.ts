import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { run } from '../../../src/runtime/controller/controller';
import { readOrder, sendCommand } from '../../../src/runtime/ledger/commands';
import { BAD, HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { images, job, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

describe('pause and resume', () => {
  test('paused: nothing is fed, started or rolled; labels are still taken in', async () => {
    const project = await runningProject();
    await project.command('pause');
    await project.drop('late.jpg');
    await project.label(1);
    await project.rounds(10);
    expect((await project.read()).state).toMatchObject({ mode: 'PAUSED', modeReason: 'pause by test' });
    expect(Object.values(statesOf(project)).sort()).toEqual(['LABELED', 'PENDING', 'SENT', 'SENT']);
    expect(project.dataSet()).toHaveLength(1);
    await project.simulator.expire(project.liveJobName()!);
    await project.rounds(60);
    expect(jobStatuses(project)).toEqual(['1 Failed']);
    expect(Object.values(statesOf(project)).sort()).toEqual(['LABELED', 'PENDING', 'PENDING', 'PENDING']);
    await project.command('resume');
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('commands are obeyed in the order in which they were given', async () => {
    const project = await MemoryProject.create();
    for (const name of ['drain', 'resume', 'pause'] as const) {
      await project.command(name);
      project.clock.advance(1);
    }
    await project.round();
    expect((await project.read()).state.mode).toBe('PAUSED');
    expect((await project.read()).commands).toEqual([]);
  });

  test('an idle project obeys too', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    await project.command('pause');
    await project.round();
    expect((await project.read()).state.mode).toBe('PAUSED');
  });

  test('a command without a name of who gave it says what it was', async () => {
    const project = await MemoryProject.create();
    await sendCommand(project.world.ledger, 'pause');
    await project.round();
    expect((await project.read()).state.modeReason).toBe('pause');
  });

  test('resume takes alerts away for good, even if the process dies over it', async () => {
    for (let at = 0; at < 12; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } });
      await project.simulator.stopByHand(project.liveJobName()!);
      await project.rounds(5);
      expect((await project.read()).alerts).toEqual(['stopped-by-hand']);
      troubles.attach(project);
      await project.command('resume');
      await troubles.during({ at, kind: 'die-after' }, () => run(project.world, 'test'));
      project.clock.advance(5 * MINUTE);
      await project.rounds(2);
      expect((await project.read()).alerts).toEqual([]);
    }
  });
});

describe('drain', () => {
  test('lets workers finish, then stops the job and stays there', async () => {
    const project = await runningProject();
    await project.command('drain');
    await project.drop('late.jpg');
    await project.rounds(5);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    await project.label();
    await project.rounds(60);
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    expect(statesOf(project)['late.jpg']).toBe('PENDING');
    expect((await project.read()).state).toMatchObject({ mode: 'DRAINING', openJobs: [] });
    await project.command('resume');
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });
});

describe('roll', () => {
  test('gives what waits to a new job once the old one has nothing in hand', async () => {
    const project = await runningProject();
    await project.command('roll');
    await project.drop('late.jpg');
    await project.rounds(3);
    expect(await job(project, 1)).toMatchObject({ rollReason: 'ordered', offered: 3 });
    await project.label();
    await project.rounds(12);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect((await project.read()).state.mode).toBe('ACTIVE');
  });

  test('is carried out even if the process dies over it', async () => {
    for (let at = 0; at < 10; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } });
      troubles.attach(project);
      await project.command('roll');
      await troubles.during({ at, kind: 'die-after' }, () => run(project.world, 'test'));
      project.clock.advance(5 * MINUTE);
      await project.rounds(2);
      expect((await job(project, 1)).rollReason).toBe('ordered');
    }
  });

  test('of a job that is only planned comes when it is there: it was asked for with what was configured before', async () => {
    let isThrottled = true;
    const project = await MemoryProject.create({
      simulator: { apiVerdict: (operation) => isThrottled && operation === 'CreateLabelingJob' ? 'throttle' : 'ok' },
    });
    await project.drop('early.jpg');
    await project.intake();
    await project.round().catch(() => undefined);
    expect(await job(project, 1)).toMatchObject({ phase: 'PLANNED' });
    await project.command('roll');
    for (let rounds = 0; rounds < 5; rounds += 1) {
      await project.round().catch(() => undefined);
    }
    expect(await job(project, 1)).toMatchObject({ phase: 'PLANNED' });
    isThrottled = false;
    await project.rounds(30);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect(await job(project, 1)).toMatchObject({ rollReason: 'ordered', offered: 0 });
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('of a planned job leaves to the next one that somebody vouched for it: its bad images are found', async () => {
    let isThrottled = false;
    const project = await MemoryProject.create({
      simulator: { apiVerdict: (operation) => isThrottled && operation === 'CreateLabelingJob' ? 'throttle' : 'ok' },
    });
    await project.drop('bad.jpg');
    await project.drop('bad too.jpg');
    await project.intake();
    for (const { sourceRef } of Object.values(images(project))) {
      await project.simulator.failObject(String(sourceRef));
    }
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect((await project.read()).alerts).toContain('breaker');
    isThrottled = true;
    for (const name of ['resume', 'roll'] as const) {
      await project.command(name);
      await run(project.world, 'test').catch(() => undefined);
    }
    isThrottled = false;
    await pass(project, 14 * HOUR, 5 * MINUTE);
    expect(Object.values(statesOf(project))).toEqual(['QUARANTINED', 'QUARANTINED']);
  });

  test('ordered once more takes no longer', async () => {
    const project = await runningProject();
    await project.command('roll');
    await project.rounds(3);
    const { rollAt } = await job(project, 1);
    await project.command('roll');
    await project.rounds(3);
    expect(await job(project, 1)).toMatchObject({ rollAt });
  });

  test('without a job there is nothing to roll', async () => {
    const project = await MemoryProject.create();
    await project.command('roll');
    await project.rounds(2);
    expect((await project.read()).commands).toEqual([]);
    expect(jobStatuses(project)).toEqual([]);
  });
});

describe('an order that goes wrong', () => {
  test('about a back-fill, and cannot be read, keeps nothing from being done, and is given up after a day', async () => {
    const project = await MemoryProject.create();
    const source = { bucket: 'b', prefix: '', inventory: null as never };
    const id = await sendCommand(project.world.ledger, 'backfill-plan', 'ada', { backfill: { source } });
    await project.drop('a.jpg');
    await project.intake();
    for (let runs = 0; runs < 10; runs += 1) {
      await run(project.world, 'schedule').catch(() => undefined);
      project.clock.advance(MINUTE);
      await project.simulator.step();
    }
    expect([statesOf(project)['a.jpg'], (await project.read()).commands.length]).toEqual(['SENT', 1]);
    project.clock.advance(25 * HOUR);
    await project.round().catch(() => undefined);
    expect(await readOrder(project.world.ledger, id)).toMatchObject({ done: true, failed: expect.stringMatching(/^given up after a day: /) });
  });

  test('and kills its run each time is given up', async () => {
    const project = await runningProject();
    await project.label();
    await project.record();
    await project.drop('late.jpg');
    await project.intake();
    const id = await project.command('export');
    let isDead = false;
    project.outside.cloud.faults = (operation) => {
      isDead ||= operation === 's3.PutObject';
      return isDead && !operation.startsWith('groundTruth.') ? 'throw-before' : 'ok';
    };
    project.outside.table.options = { ...project.outside.table.options, faults: () => isDead ? 'throw-before' : 'ok' };
    for (let runs = 0; runs < 6; runs += 1) {
      isDead = false;
      await run(project.world, 'schedule').catch(() => undefined);
      project.clock.advance(10 * MINUTE);
    }
    project.outside.cloud.faults = undefined;
    project.outside.table.options = { ...project.outside.table.options, faults: undefined };
    expect(await readOrder(project.world.ledger, id)).toEqual({
      id, done: true, failed: expect.stringMatching(/^given up: 5 runs of the controller were killed/), images: 0, drops: 0,
    });
    await project.rounds(10);
    expect(statesOf(project)['late.jpg']).toBe('SENT');
  });

  test('is found also where it ends between two looks', async () => {
    const project = await runningProject();
    const id = await project.command('pause');
    let hasRun = false;
    project.outside.table.options = {
      ...project.outside.table.options,
      faults: async (operation) => {
        if (!hasRun && operation.method === 'get' && operation.key.pk === 'PROJECT') {
          hasRun = true;
          await project.round();
        }
        return 'ok' as const;
      },
    };
    expect(await readOrder(project.world.ledger, id)).toEqual({ id, done: true });
    expect(hasRun).toBe(true);
  });

  test('a large requeue leaves time for everything else', async () => {
    const project = await MemoryProject.create();
    for (let number = 0; number < 300; number += 1) {
      await project.drop(`bad/${number}.jpg`, `${BAD} ${number}`);
    }
    await project.intake();
    await project.drop('live.jpg');
    await project.intake();
    project.clock.advance(MINUTE);
    const id = await project.command('requeue', { all: 'quarantined' });
    project.outside.table.options = { ...project.outside.table.options, faults: () => (project.clock.advance(60), 'ok') };
    await run(project.world, 'schedule');
    project.outside.table.options = { ...project.outside.table.options, faults: undefined };
    expect([(await readOrder(project.world.ledger, id))!.done, (await job(project, 1)).phase]).toEqual([false, 'CREATED']);
  });
});

describe('a run', () => {
  test('of an idle project costs exactly one read', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    const calls: string[] = [];
    project.outside.table.options = {
      faults: ({ method }) => {
        calls.push(method);
        return 'ok';
      },
    };
    project.outside.cloud.faults = (operation) => {
      calls.push(operation);
      return 'ok';
    };
    expect(await run(project.world, 'schedule')).toEqual(['idle']);
    expect(calls).toEqual(['query']);
  });

  test('before the first deploy does nothing', async () => {
    const project = await MemoryProject.create();
    await project.outside.table.write([{ remove: { pk: 'PROJECT', sk: 'CONFIGURATION' } }]);
    expect(await run(project.world, 'schedule')).toEqual(['idle']);
  });

  test('gives the lease back when it fails', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.intake();
    const troubles = new Troubles();
    troubles.attach(project);
    let thrown = 0;
    for (let at = 4; at < 40; at += 1) {
      thrown += await troubles.during({ at, kind: 'throw-before' }, () => run(project.world, 'test')) ? 1 : 0;
      expect(await run(project.world, 'next')).not.toEqual(['busy']);
      project.clock.advance(MINUTE);
    }
    expect(thrown).toBeGreaterThan(2);
  });

  test('looks again when somebody left a note, and gives the lease back even where it has no time left to look', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.intake();
    const { table } = project.outside;
    let runs = 0;
    // each time the holder is about to go somebody knocks, and much time goes by
    table.options = {
      faults: async (operation) => {
        if (operation.method === 'write' && operation.writes.some((write) => 'update' in write && write.update.sk === 'LEASE' && write.remove?.includes('owner'))) {
          runs += 1;
          if (runs <= 2) {
            project.clock.advance(40_000);
            table.options = { ...table.options, faults: undefined };
            await table.write([{ update: { pk: 'PROJECT', sk: 'LEASE' }, add: { notes: 1 } }]);
            table.options = { ...table.options, faults: undefined };
          }
        }
        return 'ok' as const;
      },
    };
    await run(project.world, 'test');
    expect((await table.get({ pk: 'PROJECT', sk: 'LEASE' }))?.owner).toBeUndefined();
    expect(await run(project.world, 'next')).not.toEqual(['busy']);
  });

  test('that a busy project makes ends long before the function does', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.intake();
    const started = project.clock.now();
    project.outside.table.options = {
      faults: () => {
        project.clock.advance(2_000);
        return 'ok';
      },
    };
    await run(project.world, 'test');
    expect(project.clock.now() - started).toBeLessThan(120_000);
  });
});

test('a refused configuration is told once, and the former stays in force until it is mended', async () => {
  const project = await runningProject();
  const { task } = project.configuration;
  expect(await project.deploy({ task: { ...task, labels: [{ name: 'launder' }] } })).toMatch(/Keep/);
  await project.rounds(3);
  expect((await project.read()).alerts).toEqual(['configuration']);
  expect((await project.read()).configuration?.task.labels).toHaveLength(2);
  await project.label();
  await project.rounds(10);
  expect(project.dataSet()).toHaveLength(3);
  expect(project.outside.telemetry.said.filter((line) => line.level === 'error')).toHaveLength(1);
  await project.deploy({ task });
  await project.rounds(2);
  expect((await project.read()).alerts).toEqual([]);
  await pass(project, HOUR, 10 * MINUTE);
  expect(DEFAULT_TIMINGS.lease).toBeGreaterThan(2 * MINUTE);
});
