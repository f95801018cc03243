import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { zipSync } from 'fflate';
import { InstructionsRequest } from '../../../src/contract/environment';
import { workerTemplate } from '../../../src/contract/worker-template';
import { handler } from '../../../src/runtime/instructions/instructions.lambda';
import { contentHash } from '../../../src/runtime/instructions/version';
import { recordPush } from '../../../src/runtime/ledger/instructions';
import { flushes, useProject } from '../../support/handler-world';
import { MemoryProject } from '../../support/memory-project';
import { gradient, jpegOf } from '../images/samples';

jest.mock('../../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../../support/handler-world')>('../../support/handler-world').mockedWorld(),
}));

const answers: { Status: string; Reason: string; PhysicalResourceId: string; Data: { Version?: string; Checks?: string } }[] = [];
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
    Status: 'SUCCESS', PhysicalResourceId: 'streaming-labeling-instructions', Data: { Version: expect.stringMatching(/^[0-9a-f]{32}$/), Checks: 'OK' },
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

test('warnings about a folder in a bucket are in the log, and are answered for the output of the deploy', async () => {
  const project = await projectWith({});
  for (const [key, content] of [['froth/full.md', 'x'], ['froth/shrot.md', 'x'], ['froth/images/.DS_Store', 'x']]) {
    await project.outside.cloud.buckets.put('output', key, Buffer.from(content), {});
  }
  await handler(event('Update', { source: { kind: 'folder', bucket: 'output', prefix: 'froth/' }, task: TASK }));
  const told = 'shrot.md:1:1: warning: workers never see this file; did you mean short.md? (unused-file)';
  expect(answers).toEqual([expect.objectContaining({ Status: 'SUCCESS', Data: { Version: expect.any(String), Checks: told } })]);
  expect(project.outside.telemetry.said.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([told]);
});

test('however many warnings there are, the answer is small enough for CloudFormation', async () => {
  await projectWith({ 'full.md': text('x'), ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`note ${index}.txt`, text('x')])) });
  await handler(event('Update', archive('assets/a.zip')));
  expect(answers[0].Status).toBe('SUCCESS');
  expect(JSON.stringify(answers[0]).length).toBeLessThan(4_096);
});

test('a deletion leaves what labels point to', async () => {
  const project = await projectWith({ 'full.md': text('x') });
  await handler(event('Create', archive('assets/a.zip')));
  const before = project.outside.cloud.buckets.peekKeys('output');
  await handler(event('Delete', archive('assets/a.zip')));
  expect(answers[1].Status).toBe('SUCCESS');
  expect(project.outside.cloud.buckets.peekKeys('output')).toEqual(before);
});

describe('with a site', () => {
  const site = (owner: 'DEPLOY' | 'PIPELINE') => ({ site: { bucket: 'site', owner } });
  const root = ({ outside }: MemoryProject): string => Buffer.from(outside.cloud.buckets.read('site', 'index.html').body).toString();

  async function projectWithSite(said: string): Promise<MemoryProject> {
    const project = await projectWith({ 'full.md': text(said) });
    project.outside.cloud.buckets.create('site');
    return project;
  }

  test('a deploy publishes the version for people too, and makes it the latest; a rollback makes the former one the latest again', async () => {
    const project = await projectWithSite('First');
    const deploy = () => handler(event('Update', { ...archive('assets/a.zip'), ...site('DEPLOY') }));
    await deploy();
    const [{ Data: { Version: version } }] = answers;
    expect(root(project)).toBe(Buffer.from(project.outside.cloud.buckets.read('site', `${version}/index.html`).body).toString());
    const put = (said: string) => project.outside.cloud.buckets.put('output', 'assets/a.zip', Buffer.from(zipSync({ 'full.md': text(said) })), {});
    await put('Second');
    await deploy();
    expect(root(project)).toContain('Second');
    await put('First');
    await deploy();
    expect(root(project)).toContain('First');
    expect(answers.map(({ Data }) => Data.Version)).toEqual([version, expect.not.stringContaining(version!), version]);
  });

  test('the built-in page is published under the version that jobs and data set give it', async () => {
    const project = await projectWithSite('x');
    const { template: _, ...task } = project.configuration.task;
    const template = workerTemplate(task);
    await handler(event('Create', { source: { kind: 'page', template }, task, ...site('DEPLOY') }));
    expect(answers[0]).toMatchObject({ Status: 'SUCCESS', Data: { Version: contentHash(template) } });
    expect(root(project)).toContain(`<h1>${task.title}</h1>`);
    expect(root(project)).toContain('The instructions say no more than this.');
    await project.deploy({ task: { ...task, template } });
    await project.drop('a.jpg');
    await project.rounds(10);
    await project.label();
    await project.finish();
    expect(project.dataSet()).toEqual([expect.objectContaining({ 'instructions-version': answers[0].Data.Version })]);
  });

  test('what was pushed stays the latest; before the first push it is what is deployed', async () => {
    const project = await projectWithSite('Deployed');
    const deploy = () => handler(event('Update', { ...archive('assets/a.zip'), ...site('PIPELINE') }));
    await deploy();
    expect(root(project)).toContain('Deployed');
    await recordPush(project.outside.table, { version: 'pushed', at: 1 });
    await project.outside.cloud.buckets.put('site', 'pushed/index.html', Buffer.from('Pushed'), {});
    await deploy();
    expect(root(project)).toBe('Pushed');
    // a deploy that owns the instructions again
    await handler(event('Update', { ...archive('assets/a.zip'), ...site('DEPLOY') }));
    expect(root(project)).toContain('Deployed');
  });

  test('a site that comes after a push shows nothing old: the pipeline brings its page', async () => {
    const project = await projectWithSite('Deployed');
    await recordPush(project.outside.table, { version: 'pushed', at: 1 });
    await handler(event('Update', { ...archive('assets/a.zip'), ...site('PIPELINE') }));
    expect(answers[0].Status).toBe('SUCCESS');
    expect(project.outside.cloud.buckets.peekKeys('site')).not.toContain('index.html');
  });

  test('a site that cannot be written to fails the deploy; done again it is whole', async () => {
    const project = await projectWithSite('Text');
    const { objects } = project.outside;
    const put = objects.put.bind(objects);
    for (const [failing, executed] of [[1, false], [1, true], [2, false], [2, true]] as const) {
      let calls = 0;
      objects.put = async (...args) => {
        calls += 1;
        if (calls !== failing || executed) {
          await put(...args);
        }
        if (calls === failing) {
          throw new Error('no answer');
        }
      };
      await handler(event('Create', { ...archive('assets/a.zip'), ...site('DEPLOY') }));
      expect(answers.pop()).toMatchObject({ Status: 'FAILED', Reason: 'no answer' });
      objects.put = put;
      await handler(event('Create', { ...archive('assets/a.zip'), ...site('DEPLOY') }));
      expect(answers.pop()!.Status).toBe('SUCCESS');
      expect(root(project)).toContain('Text');
    }
  });

  test('a deletion leaves the pages', async () => {
    const project = await projectWithSite('Text');
    const given = { ...archive('assets/a.zip'), ...site('DEPLOY') };
    await handler(event('Create', given));
    const before = project.outside.cloud.buckets.peekKeys('site');
    await handler(event('Delete', given));
    expect(project.outside.cloud.buckets.peekKeys('site')).toEqual(before);
  });
});
