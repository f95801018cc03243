import { Harness, SERVICE_MODEL } from './harness';
import { CreateLabelingJobRequest, FUNCTION_ACCOUNTS, GroundTruthSimulator, MemoryCloud, SimulatorOptions, VirtualClock } from '../../../src/local/simulator';

/** A copy of the request with one member changed; undefined removes it. */
function changed(request: CreateLabelingJobRequest, path: string, value: unknown): CreateLabelingJobRequest {
  const copy: any = structuredClone(request);
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce((object, name) => (object[name] ??= {}), copy);
  if (value === undefined) {
    delete parent[last];
  } else {
    parent[last] = value;
  }
  return copy;
}

const create = async (request: CreateLabelingJobRequest, options: Partial<SimulatorOptions> = {}) => {
  const clock = new VirtualClock();
  return new GroundTruthSimulator(new MemoryCloud({ clock }), clock, options).createLabelingJob(request);
};

const base = new Harness().request({ name: 'job' });
const arn = (kind: string, region = 'us-east-1', account = FUNCTION_ACCOUNTS[region]) => `arn:aws:lambda:${region}:${account}:function:${kind}`;
const PRE = 'HumanTaskConfig.PreHumanTaskLambdaArn';

/** What both our table and the published model refuse. */
const refusedByBoth: ReadonlyArray<readonly [string, unknown]> = [
  ['LabelingJobName', undefined],
  ['LabelingJobName', 'a_b'],
  ['LabelingJobName', 'a-'],
  ['LabelingJobName', '-a'],
  ['LabelingJobName', 'x'.repeat(64)],
  ['LabelAttributeName', undefined],
  ['LabelAttributeName', 'a_b'],
  ['LabelAttributeName', '$a'],
  ['LabelAttributeName', 'x'.repeat(128)],
  ['InputConfig', undefined],
  ['InputConfig.DataSource', undefined],
  ['InputConfig.DataSource.S3DataSource', {}],
  ['InputConfig.DataSource.S3DataSource', { ManifestS3Uri: 'bucket/key' }],
  ['InputConfig.DataSource.SnsDataSource', {}],
  ['InputConfig.DataSource.SnsDataSource.SnsTopicArn', 'topic'],
  ['InputConfig.DataAttributes', { ContentClassifiers: ['None'] }],
  ['OutputConfig.S3OutputPath', undefined],
  ['OutputConfig.S3OutputPath', 's3:/x'],
  ['OutputConfig.KmsKeyId', 'a b'],
  ['OutputConfig.SnsTopicArn', 'arn:aws:sns:us-east-1:1:x'],
  ['RoleArn', undefined],
  ['RoleArn', 'arn:aws:iam::1:role/x'],
  ['LabelCategoryConfigS3Uri', 'x'],
  ['HumanTaskConfig', undefined],
  ['HumanTaskConfig.WorkteamArn', undefined],
  ['HumanTaskConfig.WorkteamArn', 'team'],
  ['HumanTaskConfig.UiConfig', undefined],
  ['HumanTaskConfig.UiConfig.UiTemplateS3Uri', 'x'],
  [PRE, 'arn:aws:lambda:us-east-1:1:function:x'],
  ['HumanTaskConfig.AnnotationConsolidationConfig', {}],
  ['HumanTaskConfig.TaskTitle', undefined],
  ['HumanTaskConfig.TaskTitle', ''],
  ['HumanTaskConfig.TaskTitle', 'x'.repeat(129)],
  ['HumanTaskConfig.TaskDescription', undefined],
  ['HumanTaskConfig.TaskDescription', 'two\nlines'],
  ['HumanTaskConfig.TaskDescription', 'x'.repeat(256)],
  ['HumanTaskConfig.TaskKeywords', []],
  ['HumanTaskConfig.TaskKeywords', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['HumanTaskConfig.TaskKeywords', ['a-b']],
  ['HumanTaskConfig.TaskKeywords', ['x'.repeat(31)]],
  ['HumanTaskConfig.NumberOfHumanWorkersPerDataObject', undefined],
  ['HumanTaskConfig.NumberOfHumanWorkersPerDataObject', 0],
  ['HumanTaskConfig.NumberOfHumanWorkersPerDataObject', 10],
  ['HumanTaskConfig.NumberOfHumanWorkersPerDataObject', '1'],
  ['HumanTaskConfig.NumberOfHumanWorkersPerDataObject', 1.5],
  ['HumanTaskConfig.TaskTimeLimitInSeconds', undefined],
  ['HumanTaskConfig.TaskTimeLimitInSeconds', 29],
  ['HumanTaskConfig.TaskAvailabilityLifetimeInSeconds', 59],
  ['HumanTaskConfig.MaxConcurrentTaskCount', 0],
  ['HumanTaskConfig.MaxConcurrentTaskCount', 5001],
  ['Tags', Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))],
  ['Tags', [{ Key: '', Value: 'v' }]],
  ['Tags', [{ Key: 'k' }]],
  ['Tags', [{ Key: 'k', Value: 'x'.repeat(257) }]],
  ['Tags', [{ Key: 'k', Value: '*' }]],
  ['Tags', {}],
  ['Unknown', 1],
  ['HumanTaskConfig.Unknown', 1],
];

/** What the published model does not know of. */
const refusedByRules: ReadonlyArray<readonly [string, unknown, RegExp]> = [
  ['LabelAttributeName', 'x-metadata', /-metadata/],
  ['LabelAttributeName', 'source-ref', /source-ref/],
  ['LabelAttributeName', 'source', /source/],
  ['LabelAttributeName', 'labels-ref', /must not end with "-ref"/],
  ['InputConfig.DataSource.SnsDataSource', undefined, /SnsDataSource is missing/],
  ['InputConfig.DataSource.SnsDataSource.SnsTopicArn', 'arn:aws:sns:eu-west-1:111122223333:x', /must be in us-east-1/],
  ['InputConfig.DataSource.SnsDataSource.SnsTopicArn', 'arn:aws:sns:us-east-1:111122223333:x.fifo', /standard/],
  ['InputConfig.DataSource.SnsDataSource.SnsTopicArn', base.OutputConfig.SnsTopicArn, /must differ/],
  ['LabelingJobAlgorithmsConfig', { LabelingJobAlgorithmSpecificationArn: 'arn:x' }, /must not be given/],
  ['LabelCategoryConfigS3Uri', undefined, /missing/],
  ['HumanTaskConfig.TaskTimeLimitInSeconds', 28_801, /28800/],
  ['HumanTaskConfig.TaskAvailabilityLifetimeInSeconds', 2_592_001, /2592000/],
  ['HumanTaskConfig.MaxConcurrentTaskCount', 1001, /1000 of the account/],
  ['HumanTaskConfig.WorkteamArn', 'arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default', /does not exist/],
  ['HumanTaskConfig.WorkteamArn', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/team', /must be in us-east-1/],
  ['HumanTaskConfig.PublicWorkforceTaskPrice', { AmountInUsd: { Cents: 1 } }, /public workforce/],
  ['HumanTaskConfig.UiConfig', {}, /UiTemplateS3Uri/],
  [PRE, undefined, /must both be ARNs/],
  ['HumanTaskConfig.AnnotationConsolidationConfig', undefined, /must both be ARNs/],
  [PRE, arn('PRE-BoundingBox'), /do not belong together/],
  [PRE, arn('PRE-ImageMultiClass', 'eu-west-1'), /must be in us-east-1/],
  [PRE, arn('PRE-ImageMultiClass', 'us-east-1', '081040173940'), /belong to account 432418664414/],
];

test.each([
  [{ MaxResults: 0 }, /MaxResults/], [{ CreationTimeAfter: 'yesterday' }, /must be a time/], [{ StatusEquals: 'Live' }, /none of/], [7, /must be a structure/],
])('lists are checked by the published model too: %j', async (request, reason) => {
  await expect(new Harness().simulator.listLabelingJobs(request as any)).rejects.toThrow(reason);
});

test('the request of the tests is valid by both', async () => {
  await create(base);
  await create(base, { serviceModelPath: SERVICE_MODEL });
});

test.each(refusedByBoth)('refused by our table and by the published model: %s = %j', async (path, value) => {
  const request = changed(base, path, value);
  await expect(create(request)).rejects.toMatchObject({ name: 'ValidationException', statusCode: 400 });
  await expect(create(request, { serviceModelPath: SERVICE_MODEL })).rejects.toThrow('service model');
});

test.each(refusedByRules)('refused by our table: %s = %j', async (path, value, reason) => {
  await expect(create(changed(base, path, value), { serviceModelPath: SERVICE_MODEL })).rejects.toThrow(reason);
});

test.each([
  ['StoppingConditions', { MaxHumanLabeledObjectCount: 1 }],
  ['InputConfig.DataSource.S3DataSource', { ManifestS3Uri: 's3://b/k' }],
  ['InputConfig.DataAttributes', { ContentClassifiers: ['FreeOfAdultContent'] }],
  ['OutputConfig.SnsTopicArn', undefined],
  ['OutputConfig.KmsKeyId', 'alias/key'],
  ['HumanTaskConfig.TaskKeywords', ['two words']],
  ['HumanTaskConfig.WorkteamArn', 'arn:aws:sagemaker:us-east-1:111122223333:workteam/vendor-crowd/0123'],
  ['Tags', undefined],
])('accepted: %s = %j', async (path, value) => {
  await create(changed(base, path, value), { serviceModelPath: SERVICE_MODEL });
});

test('options of the account', async () => {
  await create(changed(base, 'HumanTaskConfig.MaxConcurrentTaskCount', 5000), { concurrentTaskLimit: 5000 });
  await expect(create(base, { workTeamExists: () => false })).rejects.toThrow('does not exist');
  await expect(create(base, { newAccountRefused: 'AccessDeniedException' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(create(base, { account: '999999999999' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(create(base, { region: 'us-west-1' })).rejects.toMatchObject({ name: 'ValidationException' });
});

test.each([
  ['ImageMultiClass', 'labels', 'labels-ref'], ['ImageMultiClassMultiLabel', 'labels', 'labels-ref'], ['BoundingBox', 'labels', 'labels-ref'],
  ['SemanticSegmentation', 'labels-ref', 'labels'], ['VerificationBoundingBox', 'labels', 'labels-ref'],
  ['AdjustmentBoundingBox', 'labels', 'labels-ref'], ['VerificationSemanticSegmentation', 'labels', 'labels-ref'],
  ['AdjustmentSemanticSegmentation', 'labels-ref', 'labels'],
])('%s takes the attribute %s and not %s', async (task, good, bad) => {
  const h = new Harness();
  await h.create({ task, attribute: good });
  await expect(h.create({ task, attribute: bad })).rejects.toThrow('-ref');
});

test.each(['PassThrough', 'TextMultiClass'])('%s', async task => {
  const h = new Harness();
  const created = h.create({ task });
  await (task === 'PassThrough' ? created : expect(created).rejects.toThrow('no built-in image task'));
});

test('every Region of the built-in functions', async () => {
  expect(Object.keys(FUNCTION_ACCOUNTS)).toHaveLength(12);
  for (const region of Object.keys(FUNCTION_ACCOUNTS)) {
    const text = JSON.stringify(base).replace(/us-east-1/g, region).replace(/432418664414/g, FUNCTION_ACCOUNTS[region]);
    await create(JSON.parse(text), { region });
  }
});

test('a path that is no description of the API is refused', () => {
  expect(() => new Harness({ options: { serviceModelPath: __filename } })).toThrow();
  expect(() => new Harness({ options: { serviceModelPath: `${__dirname}/fixtures/events.json` } })).toThrow('does not describe');
});
