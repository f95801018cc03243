import {
  CodePipelineClient, ListPipelineExecutionsCommand, PutJobFailureResultCommand, PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { CodePipelineJobs } from '../../../src/runtime/aws/code-pipeline-jobs';

const client = mockClient(CodePipelineClient);
const jobs = new CodePipelineJobs(new CodePipelineClient({ region: 'eu-west-1' }));
beforeEach(() => client.reset());

const named = (name: string): Error => Object.assign(new Error(name), { name });

test('when an execution began is looked for page by page, and no longer than it takes', async () => {
  const execution = (id: string) => ({ pipelineExecutionSummaries: [{ pipelineExecutionId: id, startTime: new Date(5_000) }] });
  client.on(ListPipelineExecutionsCommand).resolves(execution('other'));
  client.on(ListPipelineExecutionsCommand, { nextToken: undefined }).resolves({ ...execution('newer'), nextToken: 'two' });
  client.on(ListPipelineExecutionsCommand, { nextToken: 'two' }).resolves({ ...execution('mine'), nextToken: 'three' });
  expect(await jobs.startedAt('p', 'mine')).toBe(5_000);
  expect(client.commandCalls(ListPipelineExecutionsCommand).map(({ args: [{ input }] }) => [input.pipelineName, input.nextToken])).toEqual([['p', undefined], ['p', 'two']]);
  expect(await jobs.startedAt('p', 'unknown')).toBeUndefined();
});

test('a job is answered with its version, or with what is wrong, as long as the service takes', async () => {
  client.on(PutJobSuccessResultCommand).resolves({});
  client.on(PutJobFailureResultCommand).resolves({});
  await jobs.succeed('j', 'v', 'published');
  expect(client.commandCalls(PutJobSuccessResultCommand)[0].args[0].input).toMatchObject({ jobId: 'j', outputVariables: { Version: 'v' } });
  await jobs.fail('j', 'x'.repeat(9_000));
  expect(client.commandCalls(PutJobFailureResultCommand)[0].args[0].input.failureDetails).toEqual({ type: 'JobFailed', message: 'x'.repeat(5_000) });
});

test('an answer that was given before is no error; another error is', async () => {
  client.on(PutJobSuccessResultCommand).rejectsOnce(named('InvalidJobStateException')).rejectsOnce(named('JobNotFoundException')).rejects(named('Throttled'));
  await jobs.succeed('j', 'v', 's');
  await jobs.succeed('j', 'v', 's');
  await expect(jobs.succeed('j', 'v', 's')).rejects.toThrow('Throttled');
});
