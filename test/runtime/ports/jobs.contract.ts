import { Open } from './contract-world';
import { JobRequest, LabelingJobs } from '../../../src/runtime/ports';

const MINUTE = 60_000;

/** Numbers that no other test has, since names of jobs stay taken. */
let jobs = 0;

export function jobRequest(change: Partial<JobRequest> = {}): JobRequest {
  return {
    name: `contract-00c0ffee-${++jobs}`,
    labelAttributeName: 'label',
    taskTitle: 'Froth',
    taskDescription: 'What is it?',
    taskKeywords: ['images'],
    inputTopicArn: 'arn:aws:sns:us-east-1:111122223333:contract-input',
    outputTopicArn: 'arn:aws:sns:us-east-1:111122223333:contract-output',
    outputPath: 's3://contract-output/jobs/',
    roleArn: 'arn:aws:iam::111122223333:role/contract',
    labelCategoryUri: 's3://contract-output/config/1/labels.json',
    templateUri: 's3://contract-output/config/1/template.liquid.html',
    workTeamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team',
    preHumanTaskLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:PRE-ImageMultiClass',
    consolidationLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:ACS-ImageMultiClass',
    workersPerImage: 1,
    taskTimeLimitSeconds: 300,
    taskAvailabilitySeconds: 3_600,
    maxConcurrentTasks: 100,
    tags: { project: 'contract' },
    ...change,
  };
}

export function jobsContract(open: Open): void {
  describe('labeling jobs', () => {
    let port: LabelingJobs;

    beforeAll(() => { port = open().jobs; });

    it('are made and described', async () => {
      const request = jobRequest();
      expect(await port.create(request)).toEqual({ kind: 'created' });
      const job = await port.describe(request.name);
      expect(job).toMatchObject({
        name: request.name, status: 'Initializing', labeled: 0, failed: 0, unlabeled: 0,
        inputTopicArn: request.inputTopicArn, roleArn: request.roleArn, outputPath: request.outputPath,
      });
      expect(Number.isInteger(job!.createdAt)).toBe(true);
      expect(job!.modifiedAt).toBeGreaterThanOrEqual(job!.createdAt);
    });

    it('get every part of the request', async () => {
      const request = jobRequest({
        manifestUri: 's3://contract-output/manifests/1.manifest',
        outputKmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1',
        taskKeywords: [],
      });
      expect(await port.create(request)).toEqual({ kind: 'created' });
      const seen = await open().simulator.describeLabelingJob({ LabelingJobName: request.name });
      expect(seen).toMatchObject({
        InputConfig: {
          DataSource: { S3DataSource: { ManifestS3Uri: request.manifestUri }, SnsDataSource: { SnsTopicArn: request.inputTopicArn } },
        },
        OutputConfig: { S3OutputPath: request.outputPath, KmsKeyId: request.outputKmsKeyArn, SnsTopicArn: request.outputTopicArn },
        RoleArn: request.roleArn,
        LabelCategoryConfigS3Uri: request.labelCategoryUri,
        HumanTaskConfig: {
          WorkteamArn: request.workTeamArn,
          UiConfig: { UiTemplateS3Uri: request.templateUri },
          PreHumanTaskLambdaArn: request.preHumanTaskLambdaArn,
          AnnotationConsolidationConfig: { AnnotationConsolidationLambdaArn: request.consolidationLambdaArn },
          TaskTitle: 'Froth',
          TaskDescription: 'What is it?',
          NumberOfHumanWorkersPerDataObject: 1,
          TaskTimeLimitInSeconds: 300,
          TaskAvailabilityLifetimeInSeconds: 3_600,
          MaxConcurrentTaskCount: 100,
        },
        Tags: [{ Key: 'project', Value: 'contract' }],
      });
      expect(seen.HumanTaskConfig).not.toHaveProperty('TaskKeywords');
    });

    it('have names that are taken once', async () => {
      const request = jobRequest();
      expect(await port.create(request)).toEqual({ kind: 'created' });
      expect(await port.create(request)).toEqual({ kind: 'name-taken' });
      expect(await port.create({ ...request, name: request.name.toUpperCase() })).toEqual({ kind: 'name-taken' });
    });

    it('are unknown until they are made', async () => {
      expect(await port.describe('contract-absent-1')).toBeUndefined();
    });

    it.each<[string, Partial<JobRequest>, RegExp]>([
      ['a bad name', { name: 'under_score' }, /^ValidationException: ./],
      ['too many workers', { workersPerImage: 10 }, /^ValidationException: ./],
      ['a role of another account', { roleArn: 'arn:aws:iam::999999999999:role/other' }, /^AccessDeniedException: ./],
    ])('are refused for %s, with the message of the service', async (_, change, message) => {
      expect(await port.create(jobRequest(change))).toEqual({ kind: 'refused', message: expect.stringMatching(message) });
    });

    it('are stopped, and a second time without complaint', async () => {
      const request = jobRequest();
      await port.create(request);
      await expect(port.stop(request.name)).rejects.toThrow(/Initializing/);
      await open().simulator.stopByHand(request.name);
      expect((await port.describe(request.name))!.status).toBe('Stopping');
      await expect(port.stop(request.name)).resolves.toBeUndefined();
      await open().pass(10 * MINUTE);
      expect((await port.describe(request.name))!.status).toBe('Stopped');
      await expect(port.stop(request.name)).resolves.toBeUndefined();
    });

    it('that are gone are stopped without complaint', async () => {
      await expect(port.stop('contract-absent-2')).resolves.toBeUndefined();
    });

    it('tell why they failed', async () => {
      const request = jobRequest();
      await port.create(request);
      await open().simulator.fail(request.name, 'ClientError: for the test.');
      expect(await port.describe(request.name)).toMatchObject({ status: 'Failed', failureReason: 'ClientError: for the test.' });
    });

    it('know their work teams', async () => {
      expect(await port.workTeamExists('arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team')).toBe(true);
      expect(await port.workTeamExists('arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/absent')).toBe(false);
      expect(await port.workTeamExists('arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default')).toBe(true);
      expect(await port.workTeamExists('team')).toBe(false);
    });
  });
}
