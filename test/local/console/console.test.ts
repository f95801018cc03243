import { join } from 'node:path';
import { Console, ConsoleProject } from '../../../src/local/console/server';
import { EMPTY_LEDGER } from '../../../src/local/ledger-view';
import { ask, tokenOf } from '../../support/loopback';
import { Harness } from '../simulator/harness';

const FILE = join(__dirname, '..', 'simulator', 'fixtures', 'events.json');

let h: Harness;
let server: Console;
let token: string;
let done: unknown[];

beforeEach(async () => {
  h = new Harness();
  done = [];
  const project: ConsoleProject = {
    name: 'froth', owns: (job) => job.startsWith('froth-'), ledger: async () => EMPTY_LEDGER, inbox: async () => [],
    read: async () => Buffer.alloc(0),
    drop: async (key, bytes) => { done.push([key, bytes.toString('latin1')]); },
    order: async (name) => { done.push(name); },
  };
  server = await Console.start({ project, simulator: h.simulator, workerPage: 'http://127.0.0.1:1', page: FILE });
  token = await tokenOf(server.address);
});
afterEach(() => server.close());

async function post(path: string, body: string | Buffer | object, headers: { readonly [name: string]: string } = {}): Promise<number> {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return (await ask(server.address, path, { 'origin': server.address, 'x-token': token, ...headers }, 'POST', bytes)).status;
}

test('takes files as they are, under a name that can be a key', async () => {
  expect(await post(`/drop?key=${encodeURIComponent('cam 1/ü.jpg')}`, Buffer.from([0xff, 0, 0x80]))).toBe(200);
  expect(done).toEqual([['cam 1/ü.jpg', '\xff\0\x80']]);
  for (const key of ['', '/etc/passwd', 'a/../b', 'a\nb', 'x'.repeat(301)]) {
    expect([key, await post(`/drop?key=${encodeURIComponent(key)}`, 'x')]).toEqual([key, 400]);
  }
  expect(done).toHaveLength(1);
});

test.each(['', '{', 'null', '[]', '"x"', '7'])('an order that is no JSON object is refused: %j', async (body) => {
  expect(await post('/order', body)).toBe(400);
  expect(done).toEqual([]);
});

test('orders go to the project; what ends a job names one of its own that there is', async () => {
  const own = await h.start({ name: 'froth-1' });
  await h.start({ name: 'other-1' });
  expect(await post('/order', { order: 'pause' })).toBe(200);
  expect(await post('/order', { order: 'resume' })).toBe(200);
  expect(done).toEqual(['pause', 'resume']);
  for (const order of ['expire', 'stop', 'fail']) {
    for (const job of ['other-1', 'froth-2', undefined]) {
      expect([order, job, await post('/order', { order, job })]).toEqual([order, job, 404]);
    }
  }
  expect(await post('/order', { order: 'fail', job: own })).toBe(200);
  expect(await h.status(own)).toBe('Failed');
  expect(await post('/order', { order: 'fail', job: own })).toBe(409);
  expect(await post('/order', { order: 'retire', job: own })).toBe(400);
  expect(await h.status('other-1')).toBe('InProgress');
});

test.each([
  ['another origin', { origin: 'http://attacker.example' }],
  ['no origin, as a worker page', { origin: 'null' }],
  ['no token', { 'x-token': '' }],
  ['a wrong token', { 'x-token': '0'.repeat(32) }],
])('nobody else does anything: %s', async (_name, headers) => {
  expect([await post('/order', { order: 'pause' }, headers), await post('/drop?key=a.jpg', 'x', headers)]).toEqual([403, 403]);
  expect(done).toEqual([]);
});

test('answers to its own name alone, and shows nothing to whoever lacks the token', async () => {
  expect((await ask(server.address, '/', { host: 'attacker.example' })).status).toBe(421);
  expect((await ask(server.address, '/state')).status).toBe(403);
  expect((await ask(server.address, '/state', { 'x-token': token })).status).toBe(200);
  for (const path of ['/x', '/order', '/drop?key=a.jpg', `/${'0'.repeat(32)}/${'0'.repeat(32)}`]) {
    expect({ path, status: (await ask(server.address, path, { 'x-token': token })).status }).toEqual({ path, status: 404 });
  }
  expect((await ask(server.address, '/')).headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
});
