import { MemoryProject } from '../../support/memory-project';

/** The scenario that lost images in the predecessor: drops while no job runs. */
describe('a chained job is sent what was dropped while no job ran', () => {
  test.each(['Completed', 'Failed', 'Stopped'] as const)('the job expired as %s', async (status) => {
    const project = await MemoryProject.create();
    await project.drop('cam1/a.jpg');
    await project.drop('cam1/b c.jpg');
    await project.drop('ü/d.jpg');
    await project.rounds(20);
    expect(await project.label(2)).toBe(2);
    await project.rounds(5);
    await project.simulator.expire(project.liveJobName()!, status);
    await project.drop('late/1.jpg');
    await project.drop('late/2.jpg');
    await project.drop('late/3.jpg');
    await project.finish();
    expect(project.lost()).toEqual([]);
    expect(project.double()).toBe(0);
    expect(project.dataSet()).toHaveLength(6);
    expect(project.jobNames().length).toBeLessThanOrEqual(1);
    expect((await project.read()).state.lastJob).toBe(2);
  });

  test('the job was stopped by hand: stop means stop, until somebody resumes', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.drop('b.jpg');
    await project.rounds(20);
    await project.label(1);
    await project.rounds(3);
    await project.simulator.stopByHand(project.liveJobName()!);
    await project.drop('late/1.jpg');
    await project.drop('late/2.jpg');
    await project.drop('late/3.jpg');
    await project.rounds(60);
    const paused = await project.read();
    expect(paused.state.mode).toBe('PAUSED');
    expect(paused.alerts).toContain('stopped-by-hand');
    expect(project.openTasks()).toEqual([]);
    await project.command('resume');
    await project.finish();
    expect(project.lost()).toEqual([]);
    expect(project.double()).toBe(0);
  });
});
