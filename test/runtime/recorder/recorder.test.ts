import { UnreadableMessageError, Recorder, lineOfMessage } from '../../../src/runtime/recorder/recorder';
import { expectConservation } from '../../support/conservation';
import { MemoryProject } from '../../support/memory-project';
import { eventTypes, images, job, runningProject, statesOf } from '../../support/running-project';

const line = (sourceRef: string, jobName: string | undefined, more: object = { label: 0 }): object => ({
  'source-ref': sourceRef, 'label-metadata': { ...(jobName === undefined ? {} : { 'job-name': jobName }), 'human-annotated': 'yes' }, ...more,
});

const setUp = async (): Promise<{ project: MemoryProject; ref: string; record: (message: object) => Promise<string> }> => {
  const project = await runningProject();
  const recorder = new Recorder(project.world, project.configuration);
  return { project, ref: String(images(project)['cam/0.jpg'].sourceRef), record: (message) => recorder.record(JSON.stringify(message)) };
};

describe('the line in a message', () => {
  const plain = { 'source-ref': 's3://b/i.jpg', 'label': 0 };
  test.each([
    ['itself', plain],
    ['in an envelope', { labelingJobName: 'x', data: plain }],
    ['as text in an envelope', { data: JSON.stringify(plain) }],
    ['in a notification of SNS', { Type: 'Notification', Message: JSON.stringify(plain) }],
    ['in an envelope in a notification', { Type: 'Notification', Message: JSON.stringify({ data: plain }) }],
    ['in a list', { records: [plain] }],
  ])('%s', (_name, message) => {
    expect(lineOfMessage(JSON.stringify(message))).toEqual(plain);
  });

  test.each(['', 'text', 'null', '[]', '{}', '{"source-ref":7}', '{"a":{"b":{"c":{"d":{"source-ref":"s3://b/i.jpg"}}}}}'])('%s has none', (body) => {
    expect(() => lineOfMessage(body)).toThrow(UnreadableMessageError);
  });
});

describe('recording', () => {
  test('a label: the ledger, the event, the metric; once', async () => {
    const { project, ref, record } = await setUp();
    expect(await record(line(ref, 'froth-0a1b2c3d-1'))).toBe('recorded');
    expect(await record(line(ref, 'labeling-job/froth-0a1b2c3d-1'))).toBe('known');
    expect(statesOf(project)['cam/0.jpg']).toBe('LABELED');
    expect(eventTypes(project).filter((type) => type === 'Image Labeled')).toHaveLength(1);
    expect(project.outside.telemetry.counts.get('ImagesLabeled')).toBe(1);
    expect(project.outside.cloud.bus.events.at(-1)?.detail).toEqual({ project: 'froth', chainId: '0a1b2c3d', sourceRef: ref, job: 'froth-0a1b2c3d-1' });
    expectConservation(project.outside.table);
  });

  test.each(['throw-before', 'throw-after'] as const)('a label whose event meets a fault (%s) is told of when its message comes again', async (fault) => {
    const { project, ref, record } = await setUp();
    project.outside.cloud.faults = (operation) => operation === 'events.PutEvents' ? fault : 'ok';
    await expect(record(line(ref, 'froth-0a1b2c3d-1'))).rejects.toThrow();
    project.outside.cloud.faults = undefined;
    await record(line(ref, 'froth-0a1b2c3d-1'));
    expect(statesOf(project)['cam/0.jpg']).toBe('LABELED');
    expect(eventTypes(project).filter((type) => type === 'Image Labeled')).toHaveLength(fault === 'throw-before' ? 1 : 2);
    expect(project.outside.telemetry.counts.get('ImagesLabeled')).toBe(1);
  });

  test('a label that was recorded, and whose recorder died then, was told of before', async () => {
    const { project, ref, record } = await setUp();
    project.outside.table.options = { faults: ({ method }) => method === 'write' ? 'throw-after' : 'ok' };
    await expect(record(line(ref, 'froth-0a1b2c3d-1'))).rejects.toThrow();
    project.outside.table.options = {};
    expect(await record(line(ref, 'froth-0a1b2c3d-1'))).toBe('known');
    expect(eventTypes(project).filter((type) => type === 'Image Labeled')).toHaveLength(1);
  });

  test('a label without a job name is of the job that has the image', async () => {
    const { project, ref, record } = await setUp();
    expect(await record(line(ref, undefined))).toBe('recorded');
    expect((await job(project, 1)).labeled).toBe(1);
  });

  test('a label without a job name is of the job whose offer it answers, though another has the image now', async () => {
    const { project, ref, record } = await setUp();
    await project.simulator.expire(project.liveJobName()!);
    await project.rounds(40);
    expect(images(project)['cam/0.jpg']).toMatchObject({ state: 'SENT', job: 2 });
    expect(await record(line(ref, undefined, { 'label': 0, 'offer-id': `${ref}#1` }))).toBe('recorded');
    expect(images(project)['cam/0.jpg']).toMatchObject({ state: 'LABELED', labelJob: 1 });
    expect([(await job(project, 1)).labeled, (await job(project, 2)).labeled]).toEqual([1, 0]);
    // workers of job 2 have it too: their label is a second one, and people are told
    expect(await record(line(ref, undefined, { 'label': 1, 'offer-id': `${ref}#2` }))).toBe('double');
    expectConservation(project.outside.table);
  });

  test('the same message any number of times, at once', async () => {
    const { project, ref, record } = await setUp();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => record(line(ref, 'froth-0a1b2c3d-1'))));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expectConservation(project.outside.table);
  });

  test.each([
    ['another chain\'s', 'froth-ffffffff-1'], ['a project\'s whose name contains ours', 'froth-0a1b2c3d-eeeeeeee-1'], ['a job\'s that we never planned', 'froth-0a1b2c3d-99'],
  ])('%s label is not ours', async (_name, name) => {
    const { project, ref, record } = await setUp();
    expect(await record(line(ref, name))).toBe('not-ours');
    expect(statesOf(project)['cam/0.jpg']).toBe('SENT');
  });

  test('a label for an image that nobody dropped', async () => {
    const { project, record } = await setUp();
    expect(await record(line('s3://input/images/other.png', 'froth-0a1b2c3d-1'))).toBe('unknown-image');
    expect(await record(line('s3://input/images/other.png', undefined))).toBe('not-ours');
    expect(eventTypes(project)).not.toContain('Image Labeled');
    expectConservation(project.outside.table);
  });

  test('a failure is evidence, not a label', async () => {
    const { project, ref, record } = await setUp();
    const failed = line(ref, 'froth-0a1b2c3d-1', {});
    Object.assign((failed as { 'label-metadata': object })['label-metadata'], { 'failure-reason': 'expired' });
    expect([await record(failed), await record(failed)]).toEqual(['failed', 'known']);
    expect(images(project)['cam/0.jpg']).toMatchObject({ state: 'SENT', failure: { job: 1, reason: 'expired' } });
  });

  test('a line without a label says nothing', async () => {
    const { project, ref, record } = await setUp();
    expect(await record({ 'source-ref': ref })).toBe('nothing');
    expect(statesOf(project)['cam/0.jpg']).toBe('SENT');
  });

  test('the label attribute is the job\'s own, whatever the project wants today', async () => {
    const { project, ref } = await setUp();
    const today = { ...project.configuration, task: { ...project.configuration.task, labelAttributeName: 'other' } };
    expect(await new Recorder(project.world, today).record(JSON.stringify(line(ref, undefined)))).toBe('recorded');
  });

  test('a label that comes after the image was labeled by another job is double: kept, counted, alarmed', async () => {
    const { project, ref, record } = await setUp();
    await record(line(ref, 'froth-0a1b2c3d-1'));
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('new.jpg');
    await project.rounds(40);
    expect(await record(line(ref, 'froth-0a1b2c3d-2', { label: 1 }))).toBe('double');
    const { alerts, counts } = await project.read();
    expect(alerts).toContain('double-label');
    expect(counts.double).toBe(1);
    expect(project.outside.telemetry.counts.get('LabelsDouble')).toBe(1);
    await project.rounds(8);
    expect(project.dataSet().find((entry) => entry['source-ref'] === ref)).toMatchObject({ label: 1 });
    expectConservation(project.outside.table);
    await project.command('resume');
    await project.rounds(2);
    expect((await project.read()).alerts).toEqual([]);
  });
});
