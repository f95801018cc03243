import { tearDown } from '../../../src/runtime/deployment/teardown';
import { expectConservation } from '../../support/conservation';
import { HOUR, MINUTE, MemoryProject, withLedgerOfItsOwn } from '../../support/memory-project';
import { jobStatuses, pass, runningProject } from '../../support/running-project';

const step = async (projects: readonly MemoryProject[], ms = MINUTE): Promise<void> => {
  for (const project of projects) {
    await project.round(ms / projects.length);
  }
};

async function workBoth(one: MemoryProject, other: MemoryProject): Promise<void> {
  for (const name of ['a.jpg', 'b.jpg']) {
    await one.drop(name);
    await other.drop(name);
  }
  for (let i = 0; i < 30; i += 1) {
    await step([one, other]);
    await one.label();
    if (i === 15) {
      await one.simulator.expire(one.simulator.jobs()[0].LabelingJobName);
      await one.drop('late.jpg');
      await other.drop('late.jpg');
    }
  }
  for (let i = 0; i < 40; i += 1) {
    await step([one, other], 4 * MINUTE);
    await one.label();
  }
}

test.each([
  ['of one name', { chainId: 'ffffffff' }],
  ['whose names contain each other', { projectName: 'froth-0a1b2c3d', chainId: 'eeeeeeee' }],
  ['whose names begin alike', { projectName: 'froth-x', chainId: '0a1b2c3d' }],
])('two projects %s in one account do not disturb each other', async (_name, configuration) => {
  const one = await MemoryProject.create();
  const other = await MemoryProject.create({ account: withLedgerOfItsOwn(one.outside), suffix: '-2', configuration });
  await workBoth(one, other);
  for (const project of [one, other]) {
    expect(project.lost()).toEqual([]);
    expect(project.dataSet()).toHaveLength(3);
    expect((await project.read()).alerts).toEqual([]);
    expectConservation(project.outside.table);
  }
  // both were given the same bytes, and each image was labeled once for each project
  expect(one.simulator.bill()).toHaveLength(6);
});

describe('the end of a project', () => {
  const noPause = (project: MemoryProject) => async (ms: number): Promise<void> => {
    project.clock.advance(ms);
    await project.simulator.step();
  };

  test('a ledger that was retained goes on where it was', async () => {
    const project = await runningProject();
    await project.label(1);
    await project.record();
    expect(await tearDown(project.world, project.clock.now() + HOUR, noPause(project))).toEqual({ jobsLeft: [] });
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    await project.drop('while/away.jpg');
    await pass(project, 24 * HOUR, HOUR);
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    await project.deploy();
    await project.finish();
    expect([project.lost(), project.double(), project.dataSet().length]).toEqual([[], 0, 4]);
    expect((await project.read()).state).toMatchObject({ mode: 'ACTIVE', lastJob: 2 });
    expect((await project.read()).alerts).toEqual([]);
    expectConservation(project.outside.table);
  });

  test('destroyed and deployed again under the same name with a new ledger: a chain of its own', async () => {
    const project = await runningProject();
    await project.label();
    await project.rounds(8);
    await tearDown(project.world, project.clock.now() + HOUR, noPause(project));
    const again = await MemoryProject.create({ account: withLedgerOfItsOwn(project.outside), configuration: { chainId: 'bbbbbbbb' } });
    await again.drop('new.jpg');
    await again.finish();
    expect(again.lost()).toEqual([]);
    expect(again.simulator.jobs().map((job) => job.LabelingJobName)).toEqual(['froth-0a1b2c3d-1', 'froth-bbbbbbbb-1']);
    expect((await again.read()).alerts).toEqual([]);
  });
});
