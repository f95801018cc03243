import { raise, retract } from '../../../src/runtime/alerts';
import { HOUR, MemoryProject } from '../../support/memory-project';
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

  test('says what its cause is now, also of a project that is idle; since when it stands, and that it was told, stays', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    await refusedDeploy(project);
    await project.rounds(2);
    const [{ since, message }] = (await project.read()).standing;
    expect(message).toMatch(/'froth'/);
    const { task } = project.configuration;
    const labels = [{ name: 'froth' }, { name: 'launder' }];
    expect(await project.deploy({ projectName: 'other', task: { ...task, labels } })).toMatch(/projectName/);
    await project.round();
    expect((await project.read()).standing).toEqual([{ code: 'configuration', message: expect.stringMatching(/refused.*projectName/) as string, since, untold: false }]);
    expect(alertEvents(project)).toBe(1);
    expect(await project.round()).toEqual(['idle']);
  });

  const CASES: readonly [string, string, string, boolean][] = [
    ['another count', 'maxImages is reached and 12 images wait: raise it', 'maxImages is reached and 13 images wait: raise it', false],
    ['the same', 'a bucket cannot be read', 'a bucket cannot be read', false],
    ['the same, longer than is kept', `${'x'.repeat(1_200)} a`, `${'x'.repeat(1_200)} b`, false],
    ['another job', 'job 4 has been stopping for more than an hour', 'job 5 has been stopping for more than an hour', true],
    ['another file', 's3://archive/2026-01/manifest.json is not there', 's3://archive/2026-02/manifest.json is not there', true],
    ['another cause', 'the bucket does not exist', 'Parquet is no format that is read', true],
  ];

  test.each(CASES)('that stands, with %s', async (_, first, then, changes) => {
    const project = await MemoryProject.create();
    await raise(project.world, await project.read(), 'control', first);
    const standing = await project.read();
    project.clock.advance(HOUR);
    const before = JSON.stringify(standing.standing);
    let writes = 0;
    project.outside.table.options = {
      faults: ({ method }) => {
        writes += method === 'write' ? 1 : 0;
        return 'ok';
      },
    };
    await raise(project.world, standing, 'control', then);
    expect([writes, alertEvents(project)]).toEqual([changes ? 1 : 0, 1]);
    const after = await project.read();
    expect(JSON.stringify(after.standing)).toBe(changes ? before.replace(first, then) : before);
    // one that is over meanwhile does not stand again by that
    await retract(project.world, 'control');
    await raise(project.world, standing, 'control', `${then} still`);
    expect((await project.read()).alerts).toEqual([]);
  });
});
