import { MemoryProject } from '../../support/memory-project';
import { eventTypes } from '../../support/running-project';

const alertEvents = (project: MemoryProject): number => eventTypes(project).filter((type) => type === 'Alert').length;

/** A refused deploy, whose alert stands until somebody deploys something else. */
async function refusedDeploy(project: MemoryProject): Promise<void> {
  const { task } = project.configuration;
  expect(await project.deploy({ task: { ...task, labels: task.labels.slice(1) } })).toBeDefined();
}

describe('an alert', () => {
  test('is told once, also of a project that is idle', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    await refusedDeploy(project);
    await project.rounds(5);
    expect([(await project.read()).alerts, alertEvents(project)]).toEqual([['configuration'], 1]);
    expect(await project.round()).toEqual(['idle']);
  });

  test('stands, and keeps nothing from being done, while the bus does not take its event; the event follows', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    let asked = 0;
    project.outside.cloud.faults = (operation) => {
      asked += operation === 'events.PutEvents' ? 1 : 0;
      return operation === 'events.PutEvents' ? 'throw-before' : 'ok';
    };
    await refusedDeploy(project);
    for (let i = 0; i < 3; i += 1) {
      expect(await project.round()).toEqual(['REST(nothing-to-do)']);
    }
    expect([(await project.read()).alerts, asked]).toEqual([['configuration'], 3]);
    project.outside.cloud.faults = undefined;
    await project.rounds(3);
    expect(alertEvents(project)).toBe(1);
    expect(await project.round()).toEqual(['idle']);
  });

  test('is told by the next run where the run that raised it died before it could', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    await refusedDeploy(project);
    project.outside.table.options = {
      faults: (operation) => operation.method === 'write' && JSON.stringify(operation.writes).includes('ALERT#') ? 'throw-after' : 'ok',
    };
    await expect(project.round()).rejects.toThrow();
    project.outside.table.options = {};
    expect(alertEvents(project)).toBe(0);
    await project.rounds(2);
    expect(alertEvents(project)).toBe(1);
  });
});
