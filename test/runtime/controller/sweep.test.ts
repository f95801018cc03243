import { Engine } from '../../../src/runtime/intake/engine';
import { ImageRecord, changeImage, imageOf } from '../../../src/runtime/ledger/images';
import { jobItem } from '../../../src/runtime/ledger/jobs';
import { jobKey, shardOf } from '../../../src/runtime/ledger/keys';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject, testConfiguration } from '../../support/memory-project';
import { images, job, pass, runningProject, statesOf } from '../../support/running-project';

const loseEvents = (project: MemoryProject): void => {
  project.outside.cloud.copies = (operation) => operation === 's3.notify' ? 0 : 1;
};

const queuedBySweep = (project: MemoryProject): number => project.outside.telemetry.said
  .filter((line) => /sweep queued/.test(line.message)).reduce((sum, line) => sum + (line.detail as { drops: number }).drops, 0);

describe('drops that no event brought in', () => {
  test('are found within half an hour, whatever their names', async () => {
    const project = await MemoryProject.create();
    loseEvents(project);
    const names = ['a.jpg', 'ü/b c+d.jpg', '100%.jpg', 'x/\'(1)!*.jpg', 'a&b=c?.jpg', '日本/#1.jpg'];
    for (const name of names) {
      await project.drop(name);
    }
    await project.outside.cloud.buckets.put('drop', 'folder/', '');
    await pass(project, 32 * MINUTE, MINUTE);
    expect(Object.keys(statesOf(project)).sort()).toEqual([...names].sort());
    await project.finish();
    expect(project.lost()).toEqual([]);
    await pass(project, DAY, HOUR);
    expect(queuedBySweep(project)).toBe(names.length);
  });

  test('are left to their event while they are young', async () => {
    const project = await MemoryProject.create();
    await project.rounds(2);
    await project.drop('a.jpg');
    project.clock.advance(14 * MINUTE);
    await project.rounds(1);
    expect(queuedBySweep(project)).toBe(0);
  });

  test('are left alone while the intake queue may still hold their event', async () => {
    const project = await MemoryProject.create();
    loseEvents(project);
    await project.drop('a.jpg');
    await project.outside.cloud.queues.send(project.world.resources.intakeQueueUrl, 'something that fails');
    for (let i = 0; i < 30; i += 1) {
      await project.round();
    }
    expect(queuedBySweep(project)).toBe(0);
    // the message dies after eight tries of half an hour each
    await pass(project, 6 * HOUR, 10 * MINUTE);
    expect(queuedBySweep(project)).toBeGreaterThan(0);
    expect(statesOf(project)).toHaveProperty(['a.jpg']);
  });

  test('are found page by page', async () => {
    const project = await MemoryProject.create();
    loseEvents(project);
    for (let i = 0; i < 7; i += 1) {
      await project.drop(`${i}.jpg`);
    }
    Object.assign(project.outside.objects, { pageVersions: 2 });
    // what one page brought does not keep the next page waiting
    await pass(project, 17 * MINUTE, MINUTE);
    expect(Object.keys(statesOf(project))).toHaveLength(7);
    expect((await project.read()).state).not.toHaveProperty('sweep');
    expect((await project.read()).state.sweptPages).toBe(4);
  });

  test('a large inbox keeps nothing else from being done', async () => {
    const project = await MemoryProject.create();
    await project.drop('first.jpg');
    await project.intake();
    loseEvents(project);
    for (let i = 0; i < 40; i += 1) {
      await project.drop(`${i}.jpg`);
    }
    Object.assign(project.outside.objects, { pageVersions: 1 });
    project.clock.advance(20 * MINUTE);
    // a page takes its time
    const { listVersions } = project.outside.objects;
    let listed = 0;
    Object.assign(project.outside.objects, {
      listVersions: (bucket: string, prefix: string, after?: string) => {
        listed += 1;
        project.clock.advance(2_000);
        return listVersions.call(project.outside.objects, bucket, prefix, after);
      },
    });
    const done = await project.round();
    expect(done.filter((step) => step === 'SWEEP')).toHaveLength(2);
    expect(done).toContain('START');
    expect(listed).toBe(8);
    await pass(project, 10 * MINUTE, MINUTE);
    expect(Object.keys(statesOf(project))).toHaveLength(41);
  });

  test('overwritten ones too, each version', async () => {
    const project = await MemoryProject.create();
    loseEvents(project);
    await project.drop('a.jpg', 'one');
    await project.drop('a.jpg', 'two');
    await pass(project, 32 * MINUTE, MINUTE);
    await project.finish();
    expect([project.lost(), project.dataSet().length]).toEqual([[], 2]);
  });

  test('a drop whose end was recorded and not carried out is brought to its end', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    project.outside.cloud.faults = (operation) => operation === 's3.CopyObject' ? 'throw-before' : 'ok';
    await project.intake();
    project.outside.cloud.faults = undefined;
    // its message is lost for good
    project.clock.advance(31 * MINUTE);
    for (const message of await project.outside.cloud.queues.receive(project.world.resources.intakeQueueUrl, 10)) {
      await project.outside.cloud.queues.delete(project.world.resources.intakeQueueUrl, message.receiptHandle);
    }
    expect(project.outside.cloud.buckets.peekKeys('drop')).toEqual(['a.jpg']);
    await pass(project, 40 * MINUTE, 10 * MINUTE);
    expect(project.outside.cloud.buckets.peekKeys('drop')).toEqual([]);
    expect(project.outside.cloud.buckets.peekKeys('input', 'originals/')).toHaveLength(1);
  });
});

describe('in a brought bucket', () => {
  const bring = (project: MemoryProject, prefix = ''): void => {
    Object.assign(project.world.resources, { dropBucketIsOwn: false, dropPrefix: prefix });
  };

  test('what lay there before the project began is left to back-fill, and nothing is moved', async () => {
    const project = await MemoryProject.create();
    bring(project, 'in/');
    loseEvents(project);
    const { startedAt } = (await project.read()).state;
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'STATE' }, set: { startedAt: startedAt + HOUR } }]);
    await project.drop('in/old.jpg');
    project.clock.advance(2 * HOUR);
    await project.drop('in/new.jpg');
    await project.drop('elsewhere/new.jpg');
    await pass(project, HOUR, 5 * MINUTE);
    expect(Object.keys(statesOf(project))).toEqual(['in/new.jpg']);
    expect(project.outside.cloud.buckets.peekKeys('drop').sort()).toEqual(['elsewhere/new.jpg', 'in/new.jpg', 'in/old.jpg']);
    expect(queuedBySweep(project)).toBe(1);
  });
});

describe('a brought bucket of finished drops', () => {
  /** Drops that are finished and stay where they are. */
  const finished = async (count: number, pageVersions = 1_000): Promise<MemoryProject> => {
    const project = await MemoryProject.create();
    Object.assign(project.world.resources, { dropBucketIsOwn: false });
    for (let i = 0; i < count; i += 1) {
      await project.drop(`cam/${i}.jpg`);
    }
    await project.intake();
    await project.command('pause');
    Object.assign(project.outside.objects, { pageVersions });
    await pass(project, 40 * MINUTE, 5 * MINUTE);
    return project;
  };

  /** Drop items that are read while something happens. */
  const dropsRead = async (project: MemoryProject, work: () => Promise<unknown>): Promise<number> => {
    let read = 0;
    project.outside.table.options = {
      faults: (operation) => {
        read += operation.method === 'getMany' ? operation.keys.filter(({ pk }) => pk.startsWith('DROP#')).length : 0;
        return 'ok';
      },
    };
    await work();
    project.outside.table.options = {};
    return read;
  };

  test.each([[1_000, 'one page'], [100, 'many pages']])('is not read again while nothing changes (pages of %i: %s)', async (pageVersions) => {
    const project = await finished(600, pageVersions);
    expect(await dropsRead(project, () => pass(project, 2 * HOUR, 10 * MINUTE))).toBe(0);
    expect(queuedBySweep(project)).toBe(0);
  });

  test('an overwritten object is found, and of the others only its neighbours are read', async () => {
    const project = await finished(1_600);
    loseEvents(project);
    await project.drop('cam/1.jpg', 'new content');
    const stretches = [...project.outside.table.items()].filter((item) => item.pk === 'SWEPT');
    const longest = Math.max(...stretches.map((item) => Number(item.length)));
    expect(stretches.reduce((sum, item) => sum + Number(item.length), 0)).toBe(1_600);
    const read = await dropsRead(project, async () => {
      project.clock.advance(16 * MINUTE);
      await project.round();
    });
    expect(queuedBySweep(project)).toBe(1);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(longest + 1);
    await pass(project, 40 * MINUTE, 10 * MINUTE);
    expect([project.lost().length, statesOf(project)['cam/1.jpg']]).toEqual([1_601, 'PENDING']);
    expect(await dropsRead(project, () => pass(project, 2 * HOUR, 10 * MINUTE))).toBe(0);
  });

  test('an object that appears with an old date is found: an upload in parts has the date of its beginning', async () => {
    const project = await finished(20);
    loseEvents(project);
    const { startedAt } = (await project.read()).state;
    await project.drop('a/late.jpg');
    const { listVersions } = project.outside.objects;
    Object.assign(project.outside.objects, {
      listVersions: async (bucket: string, prefix: string, after?: string) => {
        const page = await listVersions.call(project.outside.objects, bucket, prefix, after);
        return { ...page, items: page.items.map((item) => item.key === 'a/late.jpg' ? { ...item, lastModified: startedAt + 1 } : item) };
      },
    });
    await pass(project, 32 * MINUTE, MINUTE);
    expect(statesOf(project)).toHaveProperty(['a/late.jpg'], 'PENDING');
  });

  test('is read in full again some weeks later: the ledger may have lost what it knew', async () => {
    const project = await finished(30);
    const item = [...project.outside.table.items()].find(({ pk, sk }) => pk.endsWith('/7.jpg') && sk.startsWith('VERSION#'))!;
    await project.outside.table.write([{ remove: item }]);
    await pass(project, 13 * DAY, DAY);
    expect(queuedBySweep(project)).toBe(0);
    await pass(project, 16 * DAY, DAY);
    expect(queuedBySweep(project)).toBe(1);
    expect([...project.outside.table.items()].find(({ pk, sk }) => pk === item.pk && sk === item.sk)).toMatchObject({
      state: 'DONE', images: [expect.stringContaining('/7-') as unknown],
    });
    expect(project.outside.telemetry.said.filter((line) => line.level === 'error')).toEqual([]);
  });

  test('a large one is swept less often, so that listing it costs no more', async () => {
    const project = await finished(300, 1);
    let listed = 0;
    project.outside.cloud.faults = (operation) => {
      listed += operation === 's3.ListObjectVersions' ? 1 : 0;
      return 'ok';
    };
    await pass(project, DAY, 5 * MINUTE);
    expect((await project.read()).state.sweptPages).toBe(300);
    expect(listed).toBeGreaterThan(0.8 * DAY / 15_000);
    expect(listed).toBeLessThanOrEqual(DAY / 15_000);
  });

  test('a step that dies is taken again from where the last one ended', async () => {
    const project = await finished(40, 1);
    const { listVersions } = project.outside.objects;
    let listed = 0;
    Object.assign(project.outside.objects, {
      listVersions: (bucket: string, prefix: string, after?: string) => {
        project.clock.advance(1_000);
        listed += 1;
        if (listed % 13 === 12) {
          throw new Error('S3 is down');
        }
        return listVersions.call(project.outside.objects, bucket, prefix, after);
      },
    });
    loseEvents(project);
    for (let i = 0; i < 40; i += 2) {
      await project.drop(`cam/${i}-late.jpg`);
    }
    project.clock.advance(20 * MINUTE);
    for (let i = 0; i < 60; i += 1) {
      await project.round(MINUTE).catch(() => undefined);
    }
    expect(Object.keys(statesOf(project))).toHaveLength(60);
  });
});

describe('a drop that an engine works on by itself', () => {
  test('is left alone until it is overdue, then given to the engine again', async () => {
    const started: string[] = [];
    const engine: Engine = {
      gate: () => ({ ok: true }),
      engineer: async (drop) => {
        started.push(drop.key);
        return { kind: 'started' };
      },
    };
    const project = await MemoryProject.create({ engine });
    project.outside.cloud.copies = (operation) => operation === 's3.notify' ? 2 : 1;
    await project.drop('tour.mp4');
    await pass(project, 6 * HOUR - MINUTE, 10 * MINUTE);
    expect([started.length, queuedBySweep(project)]).toEqual([1, 0]);
    await pass(project, HOUR, 10 * MINUTE);
    expect([started.length, queuedBySweep(project)]).toEqual([2, 1]);
  });
});

describe('images that are still with a job that is over', () => {
  test('are given back', async () => {
    const project = await runningProject();
    const { table } = project.outside;
    await project.label(1);
    await project.rounds(2);
    // as a mistake of ours would leave them: the job is settled, and two images are with it
    await table.write([
      { update: { pk: 'JOB', sk: '000000001' }, set: { phase: 'SETTLED' } }, { update: { pk: 'PROJECT', sk: 'STATE' }, set: { openJobs: [] } },
    ]);
    await project.simulator.expire('froth-0a1b2c3d-1');
    await pass(project, 40 * MINUTE, MINUTE);
    expect(project.outside.telemetry.said.some((line) => /sweep gave 2 images back/.test(line.message))).toBe(true);
    expect(Object.values(images(project)).map((image) => `${image.state} ${image.job}`).sort()).toEqual(['LABELED 1', 'SENT 2', 'SENT 2']);
    expect((await job(project, 1)).open).toBe(0);
    expectConservation(table);
  });

  test('are given back too where an older job has images in the same part of the index and goes on', async () => {
    const project = await runningProject({ configuration: { work: { ...testConfiguration().work, window: 30 } } }, 17);
    const { table, clock } = project.outside;
    // as a mistake of ours would leave it: a later job is settled, and an image is with it
    const shards = new Map<string, ImageRecord>();
    const [, second] = Object.values(images(project)).map(imageOf).flatMap((image) => {
      const before = shards.get(shardOf(image.sha256));
      shards.set(shardOf(image.sha256), image);
      return before ? [[before, image]] : [];
    })[0];
    const change = changeImage(second, { job: 2 }, { event: 'sent', detail: 'job 2' }, clock.now(), 'stray');
    await table.write([
      ...change.writes,
      { put: jobItem({ ...await job(project, 1), number: 2, name: 'froth-0a1b2c3d-2', phase: 'SETTLED', open: 1, offered: 0 }) },
      { update: jobKey(1), add: { open: -1 } },
    ]);
    await pass(project, 40 * MINUTE, MINUTE);
    expect(project.outside.telemetry.said.some((line) => /sweep gave 1 images back .* froth-0a1b2c3d-2/.test(line.message))).toBe(true);
    expect((await job(project, 2)).open).toBe(0);
    expectConservation(table);
  });
});
