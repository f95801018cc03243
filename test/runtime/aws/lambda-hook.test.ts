import { Server, ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { noPause } from './sdk-errors';
import { LambdaHook } from '../../../src/runtime/aws/lambda-hook';
import { RetryLaterError } from '../../../src/runtime/retry-later';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:crop';

let server: Server;
let calls: { path: string; type?: string; body: string }[];
let answers: ((response: ServerResponse) => void)[];
let client: LambdaClient;

beforeEach(async () => {
  calls = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
      calls.push({ path: decodeURIComponent(request.url!), type: request.headers['x-amz-invocation-type'] as string, body: Buffer.concat(parts).toString() });
      answers.shift()!(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new LambdaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: 'eu-west-1', maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
  });
});

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const says = (body: string, headers = {}) => (response: ServerResponse) => response.writeHead(200, headers).end(body);
const fails = (status: number, type: string) => (response: ServerResponse) => response.writeHead(status, { 'x-amzn-errortype': type, 'content-type': 'application/json' }).end('{"Message":"no"}');
const call = (longest = 200) => new LambdaHook(ARN, client, noPause, longest).call('{"ü":1}');

test('calls the function and waits for its answer', async () => {
  answers = [says('{"ö":2}')];
  expect(await call()).toEqual({ kind: 'answered', payload: '{"ö":2}' });
  expect(calls).toEqual([{ path: `/2015-03-31/functions/${ARN}/invocations`, type: 'RequestResponse', body: '{"ü":1}' }]);
});

test.each<[string, string, object]>([
  ['an exception of Python', '{"errorMessage":"\'x\'","errorType":"KeyError","stackTrace":[]}', { kind: 'failed', message: "KeyError: 'x'" }],
  ['a time-out', '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: 1 Error: Task timed out after 60.00 seconds"}',
    { kind: 'timed-out', message: 'Sandbox.Timedout: RequestId: 1 Error: Task timed out after 60.00 seconds' }],
  ['an older time-out', '{"errorMessage":"2026-01-01T00:00:00Z 1 Task timed out after 3.00 seconds"}', { kind: 'timed-out', message: '2026-01-01T00:00:00Z 1 Task timed out after 3.00 seconds' }],
  ['a process that died', '{"errorType":"Runtime.ExitError","errorMessage":"Runtime exited with error: signal: killed"}', { kind: 'failed', message: 'Runtime.ExitError: Runtime exited with error: signal: killed' }],
  ['an error that is no JSON', 'oops', { kind: 'failed', message: 'oops' }],
  ['an error that is null', 'null', { kind: 'failed', message: 'null' }],
])('%s is the function\'s', async (_, payload, outcome) => {
  answers = [says(payload, { 'x-amz-function-error': 'Unhandled' })];
  expect(await call()).toEqual(outcome);
});

test('a function that is busy is called again', async () => {
  answers = [fails(429, 'TooManyRequestsException'), fails(429, 'TooManyRequestsException'), says('{}')];
  expect(await call()).toEqual({ kind: 'answered', payload: '{}' });
  expect(calls).toHaveLength(3);
});

test.each<[string, number, string, number]>([
  ['busy to the end', 429, 'TooManyRequestsException', 6], ['gone', 404, 'ResourceNotFoundException', 1], ['not ours to call', 403, 'AccessDeniedException', 1],
  ['failing inside', 500, 'ServiceException', 1],
])('a function that is %s is nobody\'s fault here', async (_, status, type, times) => {
  answers = Array.from({ length: times }, () => fails(status, type));
  await expect(call()).rejects.toThrow(RetryLaterError);
  expect(calls).toHaveLength(times);
});

test('no answer in the time that is allowed is a time-out of the function; one that breaks off earlier is not', async () => {
  answers = [() => undefined, () => undefined, (response) => response.destroy()];
  expect(await call()).toEqual({ kind: 'timed-out', message: 'no answer came in the time that is allowed' });
  await expect(call(5_000)).rejects.toThrow(RetryLaterError);
  await expect(call()).rejects.toThrow(RetryLaterError);
  expect(calls).toHaveLength(3);
});
