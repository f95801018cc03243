import { Server, createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { ListLabelingJobsCommand } from '@aws-sdk/client-sagemaker';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  makeEventClient, makeFunctionClient, makeLabelingJobClient, makeLabelingJobCreatorClient, makeObjectClient, makeQueueClient,
  makeTableClient, makeTopicClient,
} from '../../../src/runtime/aws/clients';
import { SageMakerLabelingJobs } from '../../../src/runtime/aws/sagemaker-labeling-jobs';
import { jobRequest } from '../ports/jobs.contract';

const environment = { ...process.env };
let server: Server;
let requests: number;

beforeEach(async () => {
  requests = 0;
  server = createServer((request) => {
    requests++;
    request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});

afterEach(async () => {
  process.env = { ...environment };
  await new Promise((resolve) => server.close(resolve));
});

it('a create whose answer is lost is sent once and surfaces', async () => {
  const jobs = new SageMakerLabelingJobs(makeLabelingJobClient(), makeLabelingJobCreatorClient());
  await expect(jobs.create(jobRequest())).rejects.toThrow('socket hang up');
  expect(requests).toBe(1);
});

it('everything else about jobs is tried again', async () => {
  await expect(makeLabelingJobClient().send(new ListLabelingJobsCommand({}))).rejects.toThrow();
  expect(requests).toBe(4);
});

it('the table is left to try again by its own rules, the others are not', async () => {
  const tries = async (client: { config: { maxAttempts: () => Promise<number> } }) => client.config.maxAttempts();
  expect(await tries(makeTableClient())).toBe(1);
  const others = [makeObjectClient(), makeTopicClient(), makeQueueClient(), makeEventClient(), makeFunctionClient()];
  expect(await Promise.all(others.map((client) => tries(client)))).toEqual([4, 4, 4, 4, 4]);
});

it('asks the endpoint that is configured about a queue, whatever host its address has', async () => {
  const QueueUrl = 'http://127.0.0.1:1/111122223333/queue';
  await expect(makeQueueClient().send(new GetQueueAttributesCommand({ QueueUrl }))).rejects.toThrow('socket hang up');
  expect(requests).toBe(4);
});
