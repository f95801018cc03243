import { Harness, MINUTE, SECOND } from './harness';

describe('names', () => {
  test('are unique whatever their case, also after the end', async () => {
    const h = new Harness();
    const name = await h.start({ name: 'Project-A' });
    await h.simulator.fail(name);
    await h.pass(60 * MINUTE);
    await expect(h.create({ name: 'project-a' })).rejects.toMatchObject({ name: 'ResourceInUse' });
    expect(await h.describe('PROJECT-A')).toMatchObject({ LabelingJobName: 'Project-A' });
  });

  test.each([['as-given', 'Project-A'], ['lower', 'project-a']] as const)('in ARNs: %s', async (arnCasing, shown) => {
    const h = new Harness({ options: { arnCasing } });
    const { LabelingJobArn } = await h.simulator.createLabelingJob(h.request({ name: 'Project-A' }));
    expect(LabelingJobArn).toBe(`arn:aws:sagemaker:us-east-1:111122223333:labeling-job/${shown}`);
    await h.simulator.fail('Project-A');
    expect(h.cloud.bus.events[0].resources).toEqual([LabelingJobArn]);
    expect((await h.describe('Project-A')).LabelingJobArn).toBe(LabelingJobArn);
  });
});

test('an unknown job is ResourceNotFound', async () => {
  const h = new Harness();
  await expect(h.describe('none')).rejects.toMatchObject({ name: 'ResourceNotFound', statusCode: 400 });
  await expect(h.simulator.stopLabelingJob({ LabelingJobName: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('DescribeLabelingJob gives back the request, which nobody can change', async () => {
  const h = new Harness();
  const request: any = h.request();
  await h.simulator.createLabelingJob(request);
  const sent = structuredClone(request);
  request.HumanTaskConfig.TaskTitle = 'changed';
  const job = await h.describe(request.LabelingJobName);
  expect(job).toMatchObject(sent);
  expect(() => {
    (job.HumanTaskConfig as any).TaskTitle = 'changed';
  }).toThrow();
});

test('concurrentJobs: beyond it ResourceLimitExceeded, until one ends', async () => {
  const h = new Harness({ options: { concurrentJobs: 1 } });
  const name = await h.start();
  await expect(h.create({ name: 'second' })).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
  await h.simulator.fail(name);
  await h.create({ name: 'second' });
});

test('apiVerdict: throttled, failed before, failed after it was done', async () => {
  const verdicts = ['throttle', 'throw-before', 'throw-after'] as const;
  let call = 0;
  const h = new Harness({ options: { apiVerdict: operation => (operation === 'CreateLabelingJob' ? verdicts[call++] ?? 'ok' : 'ok') } });
  await expect(h.create({ name: 'a' })).rejects.toMatchObject({ name: 'ThrottlingException' });
  await expect(h.create({ name: 'a' })).rejects.toMatchObject({ statusCode: 500 });
  await expect(h.describe('a')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await expect(h.create({ name: 'a' })).rejects.toMatchObject({ statusCode: 504 });
  expect(await h.status('a')).toBe('Initializing');
});

describe('counters', () => {
  test('are shown some time late', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const name = await h.start();
    h.publishImages(image);
    await h.simulator.step();
    const unlabeled = async () => (await h.describe(name)).LabelCounters.Unlabeled;
    expect(await unlabeled()).toBe(0);
    h.clock.advance(89 * SECOND);
    expect(await unlabeled()).toBe(0);
    h.clock.advance(1 * SECOND);
    expect(await unlabeled()).toBe(1);
  });

  test('counterDelay 0 shows them at once', async () => {
    const h = new Harness({ options: { counterDelay: 0 } });
    const name = await h.start();
    h.publishImages(h.image('a.png'));
    await h.simulator.step();
    expect((await h.describe(name)).LabelCounters.Unlabeled).toBe(1);
  });

  test('many changes keep the right ones', async () => {
    const h = new Harness();
    const images = Array.from({ length: 200 }, (_, index) => h.image(`${index}.png`));
    const name = await h.start();
    h.publishImages(...images);
    await h.simulator.step();
    for (const [index, image] of images.entries()) {
      await h.label(image);
      await h.pass(1 * SECOND);
      expect((await h.describe(name)).LabelCounters.TotalLabeled).toBe(Math.max(0, index + 2 - 90));
    }
  });

  test.each([true, false])('countersIncludeCarried: %s', async countersIncludeCarried => {
    const h = new Harness({ options: { countersIncludeCarried } });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start({ manifest: h.manifest({ 'source-ref': a, 'labels': 0, 'labels-metadata': {} }, { 'source-ref': b }) });
    const carried = countersIncludeCarried ? 1 : 0;
    expect(await h.counters(name)).toMatchObject({ TotalLabeled: carried, HumanLabeled: carried, Unlabeled: 1 });
  });
});

describe('lists', () => {
  const names = async (h: Harness, request: Parameters<Harness['simulator']['listLabelingJobs']>[0]) => {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await h.simulator.listLabelingJobs({ ...request, NextToken: token });
      found.push(...page.LabelingJobSummaryList.map(job => job.LabelingJobName));
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  };

  async function account(): Promise<Harness> {
    const h = new Harness();
    for (const name of ['cats-1', 'wildcats-1', 'cats-2', 'dogs-1']) {
      await h.create({ name });
      h.clock.advance(1 * MINUTE);
    }
    return h;
  }

  test('oldest first; NameContains is a substring, not a prefix', async () => {
    const h = await account();
    expect(await names(h, {})).toEqual(['cats-1', 'wildcats-1', 'cats-2', 'dogs-1']);
    expect(await names(h, { NameContains: 'cats-' })).toEqual(['cats-1', 'wildcats-1', 'cats-2']);
    expect(await names(h, { SortOrder: 'Descending' })).toEqual(['dogs-1', 'cats-2', 'wildcats-1', 'cats-1']);
    expect(await names(h, { SortBy: 'Name' })).toEqual(['cats-1', 'cats-2', 'dogs-1', 'wildcats-1']);
  });

  test.each(['Ascending', 'Descending'] as const)('pages give every job once (%s)', async SortOrder => {
    const h = await account();
    for (const MaxResults of [1, 2, 3, 4]) {
      expect((await names(h, { MaxResults, SortOrder })).sort()).toEqual(['cats-1', 'cats-2', 'dogs-1', 'wildcats-1']);
    }
  });

  test('ten a page', async () => {
    const h = new Harness();
    for (let count = 0; count < 12; count++) {
      await h.create();
    }
    h.clock.advance(1 * MINUTE);
    expect((await h.simulator.listLabelingJobs()).LabelingJobSummaryList).toHaveLength(10);
    expect(await names(h, {})).toHaveLength(12);
  });

  test('by status and by time', async () => {
    const h = await account();
    await h.pass(0);
    expect(await names(h, { StatusEquals: 'InProgress' })).toEqual(['cats-1', 'wildcats-1', 'cats-2']);
    expect(await names(h, { StatusEquals: 'Initializing' })).toEqual(['dogs-1']);
    expect(await names(h, { SortBy: 'Status' })).toEqual(['dogs-1', 'cats-1', 'wildcats-1', 'cats-2']);
    const { CreationTime } = await h.describe('wildcats-1');
    expect(await names(h, { CreationTimeAfter: CreationTime })).toEqual(['cats-2', 'dogs-1']);
    expect(await names(h, { CreationTimeBefore: CreationTime })).toEqual(['cats-1']);
    await h.simulator.fail('cats-1');
    expect(await names(h, { LastModifiedTimeAfter: new Date(h.clock.now() - 1) })).toContain('cats-1');
    expect(await names(h, { LastModifiedTimeBefore: new Date(h.clock.now()) })).not.toContain('cats-1');
  });

  test.each([0, 30 * SECOND])('listConsistencyDelay: %d', async listConsistencyDelay => {
    const h = new Harness({ options: { listConsistencyDelay } });
    await h.create();
    expect(await names(h, {})).toHaveLength(listConsistencyDelay === 0 ? 1 : 0);
    expect(await h.status('project-1')).toBe('Initializing');
    h.clock.advance(listConsistencyDelay);
    expect(await names(h, {})).toHaveLength(1);
  });

  test('a summary has neither tags nor the label attribute', async () => {
    const h = await account();
    const [summary] = (await h.simulator.listLabelingJobs()).LabelingJobSummaryList;
    expect(summary).not.toHaveProperty('Tags');
    expect(summary).not.toHaveProperty('LabelAttributeName');
    expect(summary).toMatchObject({ WorkteamArn: expect.stringContaining('workteam'), InputConfig: { DataSource: {} } });
  });

  test.each([
    { MaxResults: 0 }, { MaxResults: 101 }, { NameContains: 'a_b' }, { NameContains: '' }, { SortBy: 'Age' }, { SortOrder: 'Up' }, { StatusEquals: 'Live' },
    { NextToken: 'x' },
  ])('refused: %j', async request => {
    const h = new Harness({ options: { serviceModelPath: undefined } });
    await expect(h.simulator.listLabelingJobs(request as any)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('tags', async () => {
  const h = new Harness();
  const name = await h.create();
  const { LabelingJobArn: ResourceArn } = await h.describe(name);
  await h.simulator.addTags({ ResourceArn, Tags: [{ Key: 'a', Value: '1' }, { Key: 'StreamingLabelingProject', Value: 'other' }] });
  expect(await h.simulator.listTags({ ResourceArn })).toEqual({ Tags: [{ Key: 'StreamingLabelingProject', Value: 'other' }, { Key: 'a', Value: '1' }] });
  expect((await h.describe(name)).Tags).toHaveLength(2);
  const many = Array.from({ length: 49 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
  await expect(h.simulator.addTags({ ResourceArn, Tags: many })).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(h.simulator.listTags({ ResourceArn: `${ResourceArn}x` })).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('a work team exists unless told otherwise', async () => {
  expect(await new Harness().simulator.describeWorkteam({ WorkteamName: 'team' })).toMatchObject({
    Workteam: { WorkteamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team' },
  });
  const none = new Harness({ options: { workTeamExists: () => false } });
  await expect(none.simulator.describeWorkteam({ WorkteamName: 'team' })).rejects.toMatchObject({ name: 'ValidationException' });
});

test('onCloudError is told instead of the caller of step()', async () => {
  const errors: unknown[] = [];
  const h = new Harness({ options: { onCloudError: error => errors.push(error) } });
  await h.create();
  h.cloud.faults = () => 'throw-before';
  await h.pass(2 * MINUTE);
  expect(errors).toHaveLength(1);
});
