import { join } from 'node:path';
import { WorkerPortal } from '../../../src/local/portal/server';
import { Answered, ask as askOf, tokenOf } from '../../support/loopback';
import { Harness } from '../simulator/harness';

const FILE = join(__dirname, '..', 'simulator', 'fixtures', 'events.json');

let h: Harness;
let portal: WorkerPortal;
let token: string;

beforeEach(async () => {
  h = new Harness();
  const images = ['a', 'b'].map((name) => h.image(`${name}.png`));
  await h.start();
  h.publishImages(...images);
  await h.simulator.step();
  portal = await WorkerPortal.start({
    simulator: h.simulator, imageOrigins: ['http://127.0.0.1:9'],
    readable: async (uri) => `http://127.0.0.1:9/${uri.slice(5)}`, bundles: { standIns: FILE, page: FILE },
  });
  token = await tokenOf(portal.address);
});
afterEach(() => portal.close());

const ask = (method: string, path: string, headers?: { readonly [name: string]: string }, body?: string): Promise<Answered> =>
  askOf(portal.address, path, headers, method, body);

const order = async (
  path: string, body: { readonly worker: string; readonly [name: string]: unknown }, headers: { readonly [name: string]: string } = {},
): Promise<{ status: number; answer: any }> => {
  const { status, body: text } = await ask('POST', path, { 'origin': portal.address, 'x-token': token, ...headers }, JSON.stringify({ visit: `${body.worker}-1`, ...body }));
  return { status, answer: text.startsWith('{') ? JSON.parse(text) : text };
};

const take = async (worker = 'you'): Promise<any> => (await order('/take', { worker })).answer;

test('a worker keeps the task that was taken, and submits as the page\'s form does', async () => {
  const first = await take();
  expect(first).toEqual({
    task: { id: h.simulator.tasks()[0].taskId, job: h.simulator.tasks()[0].jobName, title: 'Title', name: 'a.png' }, page: expect.any(String), waiting: 1, unloadable: 0,
  });
  expect(await take()).toEqual(first);
  expect((await take('other')).task.id).not.toBe(first.task.id);
  expect(await take('third')).toEqual({ waiting: 2, unloadable: 0 });
  const form = { 'crowd-image-classifier': { label: 'dog' } };
  expect(await order('/submit', { worker: 'you', task: first.task.id, form })).toEqual({ status: 200, answer: {} });
  expect(h.recorded()).toMatchObject([{ 'labels': 1, 'labels-metadata': { 'class-name': 'dog' } }]);
  expect(await order('/submit', { worker: 'you', task: first.task.id, form })).toMatchObject({ status: 409, answer: { error: expect.stringContaining('no open task') } });
  expect(await order('/submit', { worker: 'other', task: h.simulator.tasks()[0].taskId, form: { box: 1 } }))
    .toMatchObject({ status: 409, answer: { error: expect.stringContaining('with the name "crowd-image-classifier"; the form has {"box":1}') } });
});

test('a time limit that is over is said, and the task can be taken again', async () => {
  const { task } = await take();
  h.clock.advance(601_000);
  const form = { 'crowd-image-classifier': { label: 'dog' } };
  expect((await order('/submit', { worker: 'you', task: task.id, form })).answer.error).toMatch('time limit');
  expect((await take()).task.id).toBe(task.id);
  expect((await order('/submit', { worker: 'you', task: task.id, form })).status).toBe(200);
});

test('the page has its images\' addresses, and may load these and the stand-ins alone', async () => {
  const { page } = await take();
  const { body, headers } = await ask('GET', page);
  expect(body).toContain('src="http://127.0.0.1:9/input-bucket/images/a.png"');
  expect(body).not.toContain('assets.crowd.aws');
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/^sandbox allow-scripts allow-forms allow-modals; default-src 'none'; /);
  expect(policy).toContain('img-src http://127.0.0.1:9 data: blob:;');
  expect(policy).not.toMatch(/connect-src|https:|\*/);
  expect((await ask('GET', body.match(/<script src="([^"]+)"/)![1])).status).toBe(200);
  expect([(await ask('GET', `${page}x`)).status, (await ask('GET', `${page}%`)).status]).toEqual([409, 404]);
});

test.each([
  ['another origin', { origin: 'http://attacker.example' }],
  ['no origin, as a worker page', { origin: 'null' }],
  ['no token', { 'x-token': '' }],
  ['a wrong token', { 'x-token': '0'.repeat(32) }],
])('nobody else gives orders: %s', async (_name, headers) => {
  for (const path of ['/take', '/submit', '/decline']) {
    expect(await order(path, { worker: 'you', task: h.simulator.tasks()[0].taskId, form: {} }, headers)).toMatchObject({ status: 403 });
  }
  expect(h.simulator.tasks()).toHaveLength(2);
});

test('answers to its own name alone, and nothing but its pages', async () => {
  for (const host of ['attacker.example', `attacker.example:${new URL(portal.address).port}`]) {
    expect((await ask('GET', '/', { host })).status).toBe(421);
  }
  for (const [method, path] of [['GET', '/take'], ['GET', '/pages/x'], ['GET', '/etc/passwd'], ['POST', '/'], ['GET', `/${'0'.repeat(32)}/stand-ins.js`]]) {
    expect({ path, status: (await ask(method, path, { 'origin': portal.address, 'x-token': token })).status }).toEqual({ path, status: 404 });
  }
  expect((await order('/take', { worker: 'a/b' })).status).toBe(400);
});

test('who closes the page leaves the task to others', async () => {
  const { task } = await take();
  expect(portal.desk.atWork).toEqual(new Set([task.id]));
  expect(await order('/leave', { worker: 'other' })).toEqual({ status: 200, answer: {} });
  expect(portal.desk.atWork.size).toBe(1);
  expect(await order('/leave', { worker: 'you' }, { 'x-token': '' })).toMatchObject({ status: 403 });
  expect(await order('/leave', { worker: 'you' })).toEqual({ status: 200, answer: {} });
  expect(portal.desk.atWork.size).toBe(0);
  // nobody waits until the task's time is over
  expect((await take('another')).task.id).toBe(task.id);
  await order('/leave', { worker: 'another' });
  expect((await order('/take', { worker: 'you', visit: 'second' })).answer.task.id).toBe(task.id);
});

test('what a page still asks for when it is closed already comes too late: it keeps no task from others', async () => {
  const { task } = await take();
  const [, late] = await Promise.all([order('/leave', { worker: 'you' }), order('/take', { worker: 'you' })]);
  expect(await take()).toEqual({ waiting: 2, unloadable: 0 });
  expect(portal.desk.atWork.size).toBe(0);
  expect((await take('other')).task.id).toBe(task.id);
  // the page that is opened anew
  expect((await order('/take', { worker: 'you', visit: 'second' })).answer.task.id).not.toBe(task.id);
  expect(late.status).toBe(200);
});

test('a page that is loaded anew keeps the task, also where the news that the first was left comes later', async () => {
  const { task } = await take();
  expect((await order('/take', { worker: 'you', visit: 'second' })).answer.task.id).toBe(task.id);
  await order('/leave', { worker: 'you' });
  expect(portal.desk.atWork).toEqual(new Set([task.id]));
  expect((await take('other')).task.id).not.toBe(task.id);
  await order('/leave', { worker: 'you', visit: 'second' });
  expect(portal.desk.atWork.size).toBe(1);
});

test.each([['no name', {}], ['a name that is too long', { visit: 'x'.repeat(41) }], ['no text', { visit: 1 }]])('a visit has a name: %s', async (_name, more) => {
  expect(await order('/take', { worker: 'you', visit: undefined, ...more })).toMatchObject({ status: 400, answer: expect.stringContaining('that of a visit') });
});

test.each(['{', 'null', '[]', '"x"'])('an order that is no JSON object is refused: %s', async (body) => {
  expect(await ask('POST', '/take', { 'origin': portal.address, 'x-token': token }, body)).toMatchObject({ status: 400 });
});
