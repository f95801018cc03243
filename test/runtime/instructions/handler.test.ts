import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { zipSync } from 'fflate';
import { InstructionsRequest } from '../../../src/contract/environment';
import { handler } from '../../../src/runtime/instructions/instructions.lambda';
import { flushes, useProject } from '../../support/handler-world';
import { MemoryProject } from '../../support/memory-project';
import { gradient, jpegOf } from '../images/samples';

jest.mock('../../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../../support/handler-world')>('../../support/handler-world').mockedWorld(),
}));

const answers: { Status: string; Reason: string; PhysicalResourceId: string; Data: { Version?: string } }[] = [];
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part)).on('end', () => {
    answers.push(JSON.parse(Buffer.concat(parts).toString()));
    response.end();
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => { server.close(); });
beforeEach(() => { answers.length = 0; });

const event = (type: 'Create' | 'Update' | 'Delete', request: object): CloudFormationCustomResourceEvent => ({
  RequestType: type, ResponseURL: url, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Instructions', ResourceType: 'Custom::X', ServiceToken: 'x',
  ResourceProperties: { ServiceToken: 'x', Request: JSON.stringify(request) },
}) as unknown as CloudFormationCustomResourceEvent;

const TASK: InstructionsRequest['task'] = { type: 'ImageMultiClass', title: 't', description: 'd', labels: [{ name: 'a' }, { name: 'b' }] };
const archive = (key: string): InstructionsRequest => ({ source: { kind: 'archive', bucket: 'output', key }, task: TASK });

async function projectWith(files: { readonly [name: string]: Uint8Array }): Promise<MemoryProject> {
  const project = await MemoryProject.create();
  useProject(project);
  await project.outside.cloud.buckets.put('output', 'assets/a.zip', Buffer.from(zipSync(files)), {});
  return project;
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

test('a deploy publishes the archive and answers its version, which a job is then made with', async () => {
  const project = await projectWith({ 'full.md': text('![Good](good.jpg)'), 'images/good.jpg': await jpegOf(gradient(20, 10)) });
  await handler(event('Create', archive('assets/a.zip')));
  expect(answers).toEqual([expect.objectContaining({
    Status: 'SUCCESS', PhysicalResourceId: 'streaming-labeling-instructions', Data: { Version: expect.stringMatching(/^[0-9a-f]{32}$/) },
  })]);
  expect(flushes).toBe(1);
  const { template: _, ...task } = project.configuration.task;
  await project.deploy({ task, instructions: { owner: 'DEPLOY', version: answers[0].Data.Version } });
  await project.drop('a.jpg');
  await project.rounds(10);
  const { html } = await project.simulator.page(project.openTasks()[0].taskId);
  expect(html).toMatch(/<img src="https:\/\/output\.s3\.amazonaws\.com\/config\/[0-9a-f]{32}\/good\.jpg\?X-Amz-Signature/);
  await project.label();
  await project.finish();
  expect(project.dataSet()).toEqual([expect.objectContaining({ 'instructions-version': answers[0].Data.Version })]);
});

test.each<[string, string, string]>([
  ['wrong instructions', 'assets/a.zip', "the instructions cannot be shown: full.md:1:9: error: there is no example image 'good.jpg'"],
  ['an archive that is not there', 'assets/b.zip', 's3://output/assets/b.zip is not there'],
])('%s fail the deploy, and say why', async (_name, key, reason) => {
  await projectWith({ 'full.md': text('![Good](good.jpg)') });
  await handler(event('Update', archive(key)));
  expect(answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining(reason) })]);
});

test('a deletion leaves what labels point to', async () => {
  const project = await projectWith({ 'full.md': text('x') });
  await handler(event('Create', archive('assets/a.zip')));
  const before = project.outside.cloud.buckets.peekKeys('output');
  await handler(event('Delete', archive('assets/a.zip')));
  expect(answers[1].Status).toBe('SUCCESS');
  expect(project.outside.cloud.buckets.peekKeys('output')).toEqual(before);
});
