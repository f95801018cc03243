import { recordLabel } from '../../../src/runtime/ledger/labels';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject, MemoryProjectOptions, testConfiguration } from '../../support/memory-project';
import { eventTypes, images, job, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

/** Output messages of the project do not arrive from now on. */
const loseLabels = (project: MemoryProject): void => {
  project.outside.cloud.copies = (operation, args) => operation === 'sns.deliver' && args[0] === project.world.resources.outputTopicArn ? 0 : 1;
};

const end = async (project: MemoryProject, status: 'Completed' | 'Failed' | 'Stopped' = 'Failed'): Promise<void> => {
  await project.simulator.expire(project.liveJobName()!, status);
};

/** Until what it gives back is called. */
function hideManifest(project: MemoryProject, ofJob: number, error?: Error): () => void {
  const { objects } = project.world;
  const head: typeof objects.head = async (bucket, key) => {
    if (!key.includes(`-${ofJob}/manifests/output/`)) {
      return objects.head(bucket, key);
    }
    if (error) {
      throw error;
    }
    return undefined;
  };
  (project.world as { objects: unknown }).objects = Object.assign(Object.create(objects) as object, { head });
  return () => {
    (project.world as { objects: unknown }).objects = objects;
  };
}

async function expectAllLabeledOnce(project: MemoryProject): Promise<void> {
  expect([project.lost(), project.double(), (await project.read()).counts.double ?? 0]).toEqual([[], 0, 0]);
  expect(new Set(project.dataSet().map((line) => line['source-ref'])).size).toBe(project.dataSet().length);
  expectConservation(project.outside.table);
}

describe('messages and manifest: either suffices', () => {
  test('no manifest until the job is over: labels are in the data set within a quarter of an hour', async () => {
    const project = await runningProject({ simulator: { manifestRefreshPeriod: 100 * HOUR } });
    await project.label(1);
    await project.rounds(8);
    expect(project.dataSet()).toHaveLength(1);
    await project.label();
    await project.rounds(8);
    expect(project.dataSet()).toHaveLength(3);
  });

  test.each([true, false])('no message ever (carried lines count: %p): labels are in the data set a quarter of an hour after the manifest has them', async (countersIncludeCarried) => {
    const project = await runningProject({ simulator: { manifestRefreshPeriod: 2 * MINUTE, countersIncludeCarried } });
    loseLabels(project);
    for (const count of [1, 2]) {
      await project.label(1);
      await project.rounds(17);
      expect(project.dataSet()).toHaveLength(count);
    }
    await end(project);
    await project.drop('late/0.jpg');
    await project.drop('late/1.jpg');
    await project.rounds(30);
    expect(await job(project, 2)).toMatchObject({ carried: 2 });
    await project.label(1);
    await project.rounds(17);
    expect(project.dataSet()).toHaveLength(3);
    await project.finish();
    await expectAllLabeledOnce(project);
  });
});

describe('labels that only the manifest tells of', () => {
  test('are told of like any other', async () => {
    const project = await runningProject({ simulator: { outputMessageShape: 'none' } });
    await project.label();
    await end(project);
    await project.rounds(20);
    expect(eventTypes(project).filter((type) => type === 'Image Labeled')).toHaveLength(3);
    expect(project.outside.telemetry.counts.get('ImagesLabeled')).toBe(3);
  });

  test('and that come second are alarmed', async () => {
    const project = await runningProject({ simulator: { outputMessageShape: 'none' } }, 1);
    // the job labels the image; an older job's label, reported late, was there before
    const sourceRef = String(images(project)['cam/0.jpg'].sourceRef);
    await project.outside.table.write([{ put: { ...await job(project, 1), pk: 'JOB', sk: '000000000', number: 0, offered: 0, open: 0, labeled: 0 } as never }]);
    await recordLabel(project.world.ledger, { sourceRef, job: 0, instructions: 'v1', line: { 'source-ref': sourceRef, 'label': 1 } });
    await project.label();
    await end(project);
    await project.rounds(10);
    const { alerts, counts } = await project.read();
    expect([alerts, counts.double]).toEqual([['double-label'], 1]);
    expect(project.outside.telemetry.counts.get('LabelsDouble')).toBe(1);
  });
});

describe('a label that only the manifest of a settled job tells of', () => {
  /** An image with a label that neither messages nor counters nor the manifest have shown: it goes on to the next job. */
  async function settledTooEarly(): Promise<{ readonly project: MemoryProject; readonly show: () => void }> {
    const project = await runningProject({ simulator: { counterDelay: 9 * HOUR } }, 1);
    const show = hideManifest(project, 1);
    loseLabels(project);
    await project.label();
    await end(project);
    await project.command('pause');
    await pass(project, HOUR, MINUTE);
    expect(await job(project, 1)).toMatchObject({ phase: 'SETTLED', labeled: 0 });
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'PENDING' });
    return { project, show };
  }

  test('is kept, and not asked for again', async () => {
    const { project, show } = await settledTooEarly();
    show();
    await pass(project, 20 * MINUTE, MINUTE);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED' });
    await project.command('resume');
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('is kept beside that of the next job, and everybody is told', async () => {
    const { project, show } = await settledTooEarly();
    project.outside.cloud.copies = () => 1;
    await project.command('resume');
    await project.finish();
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED' });
    show();
    await pass(project, 20 * MINUTE, MINUTE);
    const { alerts, counts } = await project.read();
    expect([alerts, counts.double, project.dataSet().length]).toEqual([['double-label'], 1, 1]);
    expectConservation(project.outside.table);
  });

  test('is kept though the manifest of a newer job cannot be read, which is told of after an hour, once', async () => {
    const { project, show } = await settledTooEarly();
    project.outside.cloud.copies = () => 1;
    await project.command('resume');
    await project.drop('new.jpg');
    await project.rounds(5);
    await project.command('pause');
    await end(project, 'Completed');
    await pass(project, HOUR, MINUTE);
    expect((await job(project, 2)).phase).toBe('SETTLED');
    show();
    const grant = hideManifest(project, 2, new Error('AccessDenied'));
    const round = async (minutes: number): Promise<void> => {
      for (let i = 0; i < minutes; i += 1) {
        await project.round().catch(() => project.clock.advance(MINUTE));
      }
    };
    await round(100);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'new.jpg': 'PENDING' });
    expect((await project.read()).alerts).toEqual(['late-labels']);
    expect(project.outside.telemetry.said.filter(({ message }) => /output manifest of froth-0a1b2c3d-2, .* cannot be read for an hour \(AccessDenied\)/.test(message))).toHaveLength(1);
    grant();
    await round(20);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('is looked for during three days', async () => {
    const { project, show } = await settledTooEarly();
    await pass(project, 3 * DAY, HOUR);
    show();
    await pass(project, HOUR, MINUTE);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'PENDING' });
  });
});

describe('images of an ended job', () => {
  test('wait until the job has said all, then go to the next one; new ones do not wait', async () => {
    const project = await runningProject({ timings: { listingGap: 5 * MINUTE } });
    await project.label(1);
    await project.rounds(2);
    await end(project);
    await project.drop('new.jpg');
    await project.rounds(10);
    const jobs = (): unknown[] => Object.values(images(project)).map((image) => `${image.state} ${image.job}`).sort();
    expect(jobs()).toEqual(['LABELED 1', 'SENT 1', 'SENT 1', 'SENT 2']);
    await project.rounds(15);
    expect(jobs()).toEqual(['LABELED 1', 'SENT 2', 'SENT 2', 'SENT 2']);
    await project.rounds(6);
    expect(project.jobNames()).toEqual(['froth-0a1b2c3d-2']);
    const settled = await job(project, 1);
    expect(settled).toMatchObject({ phase: 'SETTLED', open: 0 });
    // two listings a while apart found none of its images
    expect(settled.settledAt! - settled.emptySince!).toBeGreaterThanOrEqual(5 * MINUTE);
  });

  test('keep their job from being settled even where no list shows them', async () => {
    const project = await runningProject();
    const { ledger } = project.world;
    const blind = Object.assign(Object.create(ledger.table) as typeof ledger.table, { queryIndex: async () => ({ items: [] }) });
    await end(project);
    (project.world as { ledger: unknown }).ledger = { ...ledger, table: blind };
    await project.rounds(40);
    expect(await job(project, 1)).toMatchObject({ phase: 'ENDED', open: 3 });
    (project.world as { ledger: unknown }).ledger = ledger;
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('are not given back because a manifest that was read long ago has not changed yet', async () => {
    const project = await runningProject({
      simulator: { manifestRefreshPeriod: MINUTE, manifestFinalityDelay: 10 * MINUTE, counterDelay: 10 * MINUTE },
    });
    loseLabels(project);
    await project.label(1);
    await project.rounds(40);
    expect((await job(project, 1)).manifest).toMatchObject({ labeledLines: 1 });
    await project.label(1);
    await end(project);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('are not given back because carried lines stand in for labels that come late', async () => {
    const project = await runningProject({
      simulator: { countersIncludeCarried: false, manifestFinalityDelay: 45 * MINUTE, manifestRefreshPeriod: 2 * MINUTE },
    });
    await project.label();
    await project.rounds(8);
    await end(project);
    await project.drop('late/0.jpg');
    await project.drop('late/1.jpg');
    await project.rounds(30);
    expect(await job(project, 2)).toMatchObject({ carried: 3, offered: 2 });
    loseLabels(project);
    await project.label();
    await end(project);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test.each([
    ['one message got lost', undefined, 2], ['no message ever comes', 'none', 3],
  ] as const)('wait, and are held in the end, where the counters cannot hold the carried lines and have more labels than came: %s', async (_why, outputMessageShape, missing) => {
    const project = await runningProject({
      configuration: { work: { ...testConfiguration().work, window: 20 } },
      simulator: { countersIncludeCarried: false, manifestFinalityDelay: 8 * HOUR, manifestRefreshPeriod: 2 * MINUTE, outputMessageShape },
    }, 12);
    await project.label();
    await project.rounds(20);
    await project.command('roll');
    await project.rounds(40);
    for (const name of ['late/0.jpg', 'late/1.jpg', 'late/2.jpg']) {
      await project.drop(name);
    }
    await project.rounds(20);
    expect(await job(project, 2)).toMatchObject({ carried: 12, offered: 3 });
    await project.label(3 - missing);
    await project.rounds(5);
    loseLabels(project);
    await project.label();
    await end(project);
    await pass(project, 7 * HOUR, 5 * MINUTE);
    expect((await project.read()).alerts).toContain('unsettled-2');
    await pass(project, 3 * HOUR, 5 * MINUTE);
    await project.finish();
    await expectAllLabeledOnce(project);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('are given back after six hours although more of them are counted than any list shows', async () => {
    const project = await runningProject();
    await project.world.ledger.table.write([{ update: { pk: 'JOB', sk: '000000001' }, add: { open: 1 } }]);
    await end(project);
    const jobsOf = (): unknown[] => [...new Set(['cam/0.jpg', 'cam/1.jpg', 'cam/2.jpg'].map((name) => images(project)[name].job))];
    for (let hour = 0; hour < 9; hour += 1) {
      await project.drop(`steady/${hour}.jpg`);
      await pass(project, HOUR, 10 * MINUTE);
      if (hour === 4) {
        expect(jobsOf()).toEqual([1]);
      }
    }
    for (let i = 0; i < 5; i += 1) {
      await project.label();
      await project.rounds(10);
    }
    expect(jobsOf()).not.toContain(1);
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('are not given back because the counters say less again than they said', async () => {
    const project = await runningProject({ simulator: { manifestFinalityDelay: 2 * HOUR, manifestRefreshPeriod: 24 * HOUR } });
    loseLabels(project);
    await project.label(1);
    project.outside.cloud.copies = () => 1;
    await project.label(1);
    await project.rounds(5);
    expect((await job(project, 1)).counters).toMatchObject({ labeled: 2 });
    await end(project);
    const describe = project.world.jobs.describe.bind(project.world.jobs);
    const since = project.clock.now();
    (project.world.jobs as { describe: typeof describe }).describe = async (name) => {
      const found = await describe(name);
      return found && project.clock.now() - since < 30 * MINUTE ? { ...found, labeled: 1, unlabeled: 2 } : found;
    };
    await pass(project, 4 * HOUR, MINUTE);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('are not given back because one answer of several, recorded as a label, stands in for a label that nobody told of yet', async () => {
    const project = await runningProject({
      configuration: { work: { ...testConfiguration().work, workersPerImage: 2 } },
      simulator: { outputMessageAt: 'answer', manifestFinalityDelay: 2 * HOUR },
    }, 2);
    const answer = async (worker: string, sourceRefs: readonly string[]): Promise<void> => {
      for (const task of project.openTasks().filter(({ sourceRef }) => sourceRefs.includes(sourceRef))) {
        await project.simulator.submit(task.taskId, worker, { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(task.sourceRef) });
      }
    };
    const [begun, done] = project.openTasks().map(({ sourceRef }) => sourceRef);
    await answer('ada', [begun]);
    await project.rounds(2);
    loseLabels(project);
    await answer('ada', [done]);
    await answer('bob', [done]);
    await end(project);
    await pass(project, 4 * HOUR, MINUTE);
    expect(await job(project, 1)).toMatchObject({ phase: 'SETTLED', labeled: 2, counters: { labeled: 1 } });
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('are not given back because strangers\' images stand in for carried lines that are not counted', async () => {
    const project = await runningProject({
      configuration: { work: { ...testConfiguration().work, window: 20 } },
      simulator: { countersIncludeCarried: false, manifestFinalityDelay: 2 * HOUR, manifestRefreshPeriod: 2 * MINUTE },
    }, 12);
    await project.finish();
    await project.command('roll');
    await project.rounds(40);
    await project.drop('late/0.jpg');
    await project.drop('late/1.jpg');
    await project.rounds(30);
    expect(await job(project, 2)).toMatchObject({ carried: 12, offered: 2 });
    const { buckets, topics } = project.outside.cloud;
    buckets.create('stranger');
    await buckets.put('stranger', 'flower.jpg', 'a flower');
    for (let i = 0; i < 7; i += 1) {
      await topics.publish(project.world.resources.inputTopicArn, JSON.stringify({ 'source-ref': 's3://stranger/flower.jpg' }));
    }
    await project.rounds(3);
    loseLabels(project);
    for (const task of project.openTasks().filter(({ sourceRef }) => !sourceRef.startsWith('s3://stranger/'))) {
      await project.simulator.submit(task.taskId, 'ada', { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(task.sourceRef) });
    }
    await end(project);
    await pass(project, 3 * HOUR, MINUTE);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('whose label a live look at the manifest missed are looked for again', async () => {
    const project = await runningProject({ simulator: { manifestRefreshPeriod: MINUTE } });
    loseLabels(project);
    await project.label(1);
    // the index lags: the image is with the job, and no list shows it yet
    const { table } = project.outside;
    const blind = Object.assign(Object.create(table) as typeof table, { queryIndex: async () => ({ items: [] }) });
    const sighted = project.world.ledger;
    (project.world as { ledger: unknown }).ledger = { ...sighted, table: blind };
    await project.rounds(14);
    expect((await job(project, 1)).manifest).toMatchObject({ labeledLines: 1 });
    (project.world as { ledger: unknown }).ledger = sighted;
    await end(project);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('whose labels are known to be missing are held after six hours, and go on when those come', async () => {
    const project = await runningProject();
    const { topics } = project.outside.cloud;
    topics.peekSubscriptions(project.world.resources.outputTopicArn).forEach((subscription) => topics.leave(subscription.arn));
    const show = hideManifest(project, 1);
    await project.label(1);
    await end(project);
    await pass(project, 7 * HOUR);
    expect(Object.values(statesOf(project)).sort()).toEqual(['HELD', 'HELD', 'HELD']);
    expect((await project.read()).alerts).toContain('unsettled-1');
    expectConservation(project.outside.table);
    show();
    await pass(project, HOUR, MINUTE);
    expect(Object.values(statesOf(project)).filter((state) => state === 'LABELED')).toHaveLength(1);
    await project.finish();
    await expectAllLabeledOnce(project);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('held for a label that never comes go to the next job by `requeue --held`, as the alert says', async () => {
    const project = await runningProject();
    const { topics } = project.outside.cloud;
    topics.peekSubscriptions(project.world.resources.outputTopicArn).forEach((subscription) => topics.leave(subscription.arn));
    hideManifest(project, 1);
    await project.label(1);
    await end(project);
    await pass(project, 7 * HOUR);
    expect(project.outside.telemetry.said.some((line) => /labels-missing.*`requeue --held`/.test(line.message))).toBe(true);
    await project.command('requeue', { all: 'held' });
    await project.finish();
    // nothing waits for it any more
    expect([(await job(project, 1)).phase, (await project.read()).alerts]).toEqual(['SETTLED', []]);
    expect(new Set(Object.values(statesOf(project)))).toEqual(new Set(['LABELED']));
    expectConservation(project.outside.table);
  });

  test('wait for messages that are queued or dead, and are held in the end', async () => {
    const project = await runningProject();
    const { resources } = project.world;
    await project.outside.cloud.queues.send(resources.recorderDeadLetterQueueUrl, 'unreadable');
    await end(project);
    await pass(project, 7 * HOUR);
    expect((await project.read()).alerts).toContain('unsettled-1');
    expect(project.outside.telemetry.said.some((line) => /messages-dead.*dead-letter queue/.test(line.message))).toBe(true);
    const [dead] = await project.outside.cloud.queues.receive(resources.recorderDeadLetterQueueUrl, 1);
    await project.outside.cloud.queues.delete(resources.recorderDeadLetterQueueUrl, dead.receiptHandle);
    await project.finish();
    await expectAllLabeledOnce(project);
    expect((await project.read()).alerts).toEqual([]);
  });
});

describe('a manifest that cannot be read', () => {
  const deny = (project: MemoryProject): void => {
    project.outside.cloud.faults = (operation, args) => operation === 's3.GetObject' && String(args[1]).endsWith('froth-0a1b2c3d-1/manifests/output/output.manifest')
      ? 'throw-before' : 'ok';
  };
  const round = (project: MemoryProject): Promise<unknown> => project.round().catch((error: unknown) => {
    project.clock.advance(MINUTE);
    return error;
  });

  test('of an ended job does not keep new images from workers, and its images are held in the end', async () => {
    const project = await runningProject();
    await project.label(1);
    await end(project);
    await project.drop('new.jpg');
    deny(project);
    const errors: unknown[] = [];
    for (let i = 0; i < 20; i += 1) {
      errors.push(await round(project));
    }
    expect(errors.some((error) => error instanceof Error)).toBe(true);
    expect(statesOf(project)['new.jpg']).toBe('SENT');
    for (let i = 0; i < 6 * 60; i += 1) {
      await round(project);
    }
    expect((await project.read()).alerts).toContain('unsettled-1');
    expect(Object.values(statesOf(project)).filter((state) => state === 'HELD')).toHaveLength(2);
    project.outside.cloud.faults = undefined;
    await project.rounds(20);
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('of the live job does not keep images from workers', async () => {
    const project = await runningProject({ simulator: { manifestRefreshPeriod: MINUTE } });
    loseLabels(project);
    deny(project);
    await project.label(1);
    for (let i = 0; i < 15; i += 1) {
      await round(project);
    }
    await project.drop('new.jpg');
    await round(project);
    await round(project);
    expect(statesOf(project)['new.jpg']).toBe('SENT');
  });
});

describe('failed images', () => {
  const poison = async (project: MemoryProject, ...names: string[]): Promise<void> => {
    for (const name of names) {
      await project.simulator.failObject(String(images(project)[name].sourceRef));
    }
  };

  test('are rolled to the next job, charged, and quarantined at the third failure; everybody is told', async () => {
    const project = await runningProject();
    await poison(project, 'cam/1.jpg');
    await project.label();
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'QUARANTINED', 'cam/2.jpg': 'LABELED' });
    expect(images(project)['cam/1.jpg']).toMatchObject({ failures: 3, offers: 3, reason: 'labeling-failed' });
    expect(eventTypes(project).filter((type) => type === 'Image Quarantined')).toHaveLength(1);
    expect(project.outside.telemetry.counts.get('ImagesQuarantined')).toBe(1);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 Stopped', '3 Stopped']);
    expect((await project.read()).alerts).toEqual([]);
    expectConservation(project.outside.table);
  });

  test('are told of when they are quarantined, wherever the process dies over it', async () => {
    for (let at = 0; at < 150; at += 2) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } }, 1);
      await project.outside.table.write([{ update: { pk: `IMAGE#${String(images(project)['cam/0.jpg'].sourceRef)}`, sk: 'IMAGE' }, set: { failures: 2 } }]);
      await poison(project, 'cam/0.jpg');
      await end(project);
      await project.rounds(17);
      expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'SENT' });
      troubles.attach(project);
      await troubles.during({ at, kind: 'die-after' }, () => project.rounds(3));
      project.clock.advance(5 * MINUTE);
      await project.rounds(5);
      expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'QUARANTINED' });
      expect(eventTypes(project)).toContain('Image Quarantined');
    }
  });

  test('without a reason in the manifest are never charged, and quarantined after ten offers', async () => {
    const project = await runningProject({ simulator: { failureLine: 'bare' } }, 1);
    await poison(project, 'cam/0.jpg');
    await pass(project, 30 * HOUR, 5 * MINUTE);
    expect(images(project)['cam/0.jpg']).toMatchObject({ state: 'QUARANTINED', failures: 0, offers: 10, reason: 'never-labeled' });
    expectConservation(project.outside.table);
  });

  test('that are healed in time are labeled', async () => {
    const project = await runningProject();
    await poison(project, 'cam/1.jpg');
    await project.label();
    await pass(project, HOUR, 5 * MINUTE);
    project.simulator.healObject(String(images(project)['cam/1.jpg'].sourceRef));
    await project.finish();
    await expectAllLabeledOnce(project);
    expect(images(project)['cam/1.jpg']).not.toHaveProperty('reason');
  });

  const many: MemoryProjectOptions = { configuration: { work: { ...testConfiguration().work, window: 50 } } };

  test('in the mass are nobody\'s own fault: none is charged, the breaker opens', async () => {
    const project = await runningProject(many, 12);
    await poison(project, ...Array.from({ length: 10 }, (_, i) => `cam/${i}.jpg`));
    await project.label();
    await pass(project, 3 * HOUR, 5 * MINUTE);
    expect(images(project)['cam/0.jpg']).toMatchObject({ state: 'PENDING', failures: 0, offers: 1 });
    const { alerts, state } = await project.read();
    expect(alerts).toContain('breaker');
    expect(state.breaker.message).toMatch(/10 of 12 images/);
    expect(jobStatuses(project)).toHaveLength(1);
    Array.from({ length: 10 }, (_, i) => `cam/${i}.jpg`).forEach((name) => project.simulator.healObject(String(images(project)[name].sourceRef)));
    await project.command('resume');
    await project.finish();
    await expectAllLabeledOnce(project);
  });

  test('are not judged before the list shows all of them', async () => {
    const project = await runningProject(many, 12);
    await poison(project, ...Array.from({ length: 12 }, (_, i) => `cam/${i}.jpg`));
    await end(project);
    const { ledger } = project.world;
    const blind = Object.assign(Object.create(ledger.table) as typeof ledger.table, { queryIndex: async () => ({ items: [] }) });
    (project.world as { ledger: unknown }).ledger = { ...ledger, table: blind };
    await project.rounds(40);
    (project.world as { ledger: unknown }).ledger = ledger;
    await project.rounds(40);
    expect((await job(project, 1)).judged).toMatchObject({ blame: 'mass' });
    expect(Object.values(images(project)).map(({ failures }) => failures)).toEqual(Array(12).fill(0));
  });

  test('nine of many are charged', async () => {
    const project = await runningProject(many, 12);
    await poison(project, ...Array.from({ length: 9 }, (_, i) => `cam/${i}.jpg`));
    await project.label();
    await pass(project, 45 * MINUTE, 5 * MINUTE);
    expect(images(project)['cam/0.jpg']).toMatchObject({ failures: 1 });
    expect((await project.read()).alerts).not.toContain('breaker');
  });
});
