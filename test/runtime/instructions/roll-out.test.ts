import { createHash } from 'node:crypto';
import { ProjectConfiguration } from '../../../src/contract/project-configuration';
import { pushWrite } from '../../../src/runtime/ledger/instructions';
import { expectConservation } from '../../support/conservation';
import { HOUR, MINUTE, MemoryProject, testConfiguration } from '../../support/memory-project';
import { job, jobStatuses, runningProject } from '../../support/running-project';

const versionOf = (template: string): string => createHash('sha256').update(template).digest('hex').slice(0, 32);
const { task } = testConfiguration();
const page = (name: string): string => task.template!.replace('header="h"', `header="${name}"`);
const saying = (name: string): Partial<ProjectConfiguration> => ({ task: { ...task, template: page(name) } });

describe('ROLL_NOW under load', () => {
  test('500 images flow while the instructions change three times: none is lost, none is labeled twice, and each says under which it was', async () => {
    const project = await MemoryProject.create({
      configuration: { ...saying('v0'), instructionRollOut: 'ROLL_NOW', work: { ...testConfiguration().work, window: 40, maxConcurrentTasks: 60 } },
    });
    const changes = new Map([[130, 'v1'], [260, 'v2'], [390, 'v3']]);
    const shown = new Map<string, string>();
    let dropped = 0;
    // a drop and a half each minute, some 60 labels each hour and a half: a roll always finds work under way
    for (let round = 0; round < 1_200 && (dropped < 500 || project.openTasks().length > 0 || round % 20 !== 0); round += 1) {
      if (dropped < 500) {
        await project.drop(`cam/${dropped}.jpg`);
        dropped += 1;
        const name = changes.get(dropped);
        if (name !== undefined) {
          await project.deploy(saying(name));
        }
      }
      await project.round(MINUTE);
      for (const open of project.openTasks().slice(0, 2)) {
        const { attributes } = await project.simulator.page(open.taskId);
        shown.set(open.sourceRef, attributes.header);
        await project.simulator.submit(open.taskId, `worker-${round}`, { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(open.sourceRef) });
      }
    }
    await project.finish();
    expect(dropped).toBe(500);
    expect(project.lost()).toEqual([]);
    expect(project.double()).toBe(0);
    const lines = project.dataSet();
    expect(lines).toHaveLength(500);
    const seen = new Map<string, number>();
    for (const line of lines) {
      const name = shown.get(String(line['source-ref']));
      if (name !== undefined) {
        expect(line['instructions-version']).toBe(versionOf(page(name)));
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(['v0', 'v1', 'v2', 'v3']);
    expect(Math.min(...seen.values())).toBeGreaterThan(20);
    expect((await project.read()).state.lastJob).toBe(4);
    expectConservation(project.outside.table);
  });
});

describe('changed instructions', () => {
  const changed = async (rollOut: 'NEXT_JOB' | 'ROLL_NOW', change: Partial<ProjectConfiguration>): Promise<string | undefined> => {
    const project = await runningProject({ configuration: { ...saying('v0'), instructionRollOut: rollOut } });
    await project.rounds(90);
    await project.deploy(change);
    await project.rounds(5);
    return (await job(project, 1)).rollReason;
  };

  test.each<['NEXT_JOB' | 'ROLL_NOW', string, Partial<ProjectConfiguration>, string | undefined]>([
    ['ROLL_NOW', 'another page', saying('v1'), 'instructions'],
    ['ROLL_NOW', 'another class to choose', { task: { ...task, template: page('v0'), labels: [...task.labels, { name: 'new' }] } }, 'instructions'],
    ['ROLL_NOW', 'a page that was published', { instructions: { owner: 'DEPLOY', version: 'f'.repeat(32) } }, 'instructions'],
    ['ROLL_NOW', 'the same page', saying('v0'), undefined],
    ['ROLL_NOW', 'a title in the workers\' list', { task: { ...task, template: page('v0'), title: 'Other' } }, undefined],
    ['NEXT_JOB', 'another page', saying('v1'), undefined],
  ])('%s: %s', async (rollOut, _name, change, expected) => {
    expect(await changed(rollOut, change)).toBe(expected);
  });

  test('that change again within the hour wait for it, and only the last ones are rolled out', async () => {
    const project = await runningProject({ configuration: { ...saying('v0'), instructionRollOut: 'ROLL_NOW' } });
    await project.rounds(70);
    await project.deploy(saying('v1'));
    await project.rounds(3);
    await project.label();
    await project.rounds(40);
    await project.drop('more.jpg');
    await project.rounds(5);
    expect((await job(project, 2)).instructions).toBe(versionOf(page('v1')));
    await project.deploy(saying('v2'));
    await project.deploy(saying('v3'));
    await project.rounds(5);
    expect((await job(project, 2)).rollReason).toBeUndefined();
    await project.rounds(HOUR / MINUTE);
    await project.label();
    await project.rounds(30);
    await project.drop('most.jpg');
    await project.rounds(10);
    expect((await job(project, 3)).instructions).toBe(versionOf(page('v3')));
  });
});

describe('one owner', () => {
  test('what was pushed holds for the next job, and a deploy leaves it alone', async () => {
    const project = await MemoryProject.create({ configuration: { ...saying('deployed'), instructions: { owner: 'PIPELINE' } } });
    const store = async (name: string): Promise<string> => {
      const version = versionOf(page(name));
      await project.outside.cloud.buckets.put('output', `config/${version}/template.liquid.html`, Buffer.from(page(name)), {});
      return version;
    };
    await project.drop('a.jpg');
    await project.rounds(10);
    expect((await job(project, 1)).instructions).toBe(versionOf(page('deployed')));
    const pushed = await store('pushed');
    await project.outside.table.write([pushWrite({ version: pushed, at: project.clock.now(), by: 'commit 1' })]);
    await project.deploy(saying('deployed again'));
    await project.deploy({ work: { ...project.configuration.work, window: 3 } });
    await project.label();
    await project.rounds(3);
    await project.simulator.expire(project.liveJobName()!, 'Completed');
    await project.drop('b.jpg');
    await project.rounds(30);
    expect((await job(project, 2)).instructions).toBe(pushed);
    const [open] = project.openTasks();
    expect((await project.simulator.page(open.taskId)).attributes.header).toBe('pushed');
    expect(jobStatuses(project)).toEqual(['1 Completed', '2 InProgress']);
  });

  test('where the deploy is it, what was pushed once has no say', async () => {
    const project = await MemoryProject.create({ configuration: saying('deployed') });
    await project.outside.table.write([pushWrite({ version: 'f'.repeat(32), at: 1 })]);
    await project.drop('a.jpg');
    await project.rounds(10);
    expect((await job(project, 1)).instructions).toBe(versionOf(page('deployed')));
  });
});
