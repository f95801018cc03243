import { BackfillOutput } from '../../src/contract/backfill';
import { OperatorRequest, Status } from '../../src/contract/operator';
import { handler } from '../../src/runtime/controller/controller.lambda';
import { CliWorld, Ran, cli } from '../support/cli';
import type * as HandlerWorld from '../support/handler-world';
import { useProject } from '../support/handler-world';
import { MemoryProject } from '../support/memory-project';

jest.mock('../../src/runtime/aws/world', () => ({ awsWorld: () => jest.requireActual<typeof HandlerWorld>('../support/handler-world').mockedWorld() }));

const ask = async (request: OperatorRequest): Promise<Status> => JSON.parse(JSON.stringify(await handler(request))) as Status;

const ARCHIVE: BackfillOutput = { controllerFunction: 'controller', bucket: 'archive', prefix: 'photos/', objectsPerMinute: 600 };

interface BackfillWorld extends Partial<CliWorld> {
  readonly backfills?: ReadonlyMap<string, BackfillOutput>;
}

async function run(project: MemoryProject, argv: readonly string[], world: BackfillWorld = {}): Promise<Ran> {
  useProject(project);
  const ran = await cli(project, { ask, facts: { backfills: world.backfills ?? new Map([['Archive', ARCHIVE]]) }, ...world }, ...argv);
  for (const line of `${ran.out}${ran.err}`.split('\n')) {
    expect([line, line.length <= 80]).toEqual([line, true]);
  }
  return ran;
}

async function archived(count = 3): Promise<MemoryProject> {
  const project = await MemoryProject.create({
    configuration: {
      work: {
        workersPerImage: 3, taskTimeLimitSeconds: 600, taskAvailabilitySeconds: 864_000, maxConcurrentTasks: 100, window: 4, maxImages: 2,
      },
    },
  });
  project.outside.cloud.buckets.create('archive');
  for (let index = 0; index < count; index += 1) {
    await project.outside.cloud.buckets.put('archive', `photos/${index}.jpg`, `photo ${index}`);
  }
  return project;
}

test('plans with numbers and costs, starts by the plan\'s id alone, stops, goes on, and tells how far it is', async () => {
  const project = await archived();
  expect((await run(project, ['backfill', 'status', '--stack', 'Froth'])).out).toMatch(/No back-fill was ever planned/);
  const planned = await run(project, ['backfill', 'plan', '--stack', 'Froth', '--worker-price', '0.05']);
  expect(planned).toMatchObject({ code: 0 });
  for (const text of ['s3://archive/photos/', '3, 21 bytes (3 .jpg)', '0 were taken in before', '3 objects, 1 minute at 600 in a minute',
    '$0.69: 3 images at $0.08 for Ground Truth and 3 x $0.05', 'maxImages is 2 and 0 are spent']) {
    expect(planned.out.replace(/\s+/g, ' ')).toContain(text);
  }
  const id = /backfill start --stack Froth\s+([0-9a-f]{8})/.exec(planned.out)![1];
  expect((await project.read()).counts).toEqual({});

  expect(await run(project, ['backfill', 'start', '--stack', 'Froth', 'ffffffff'])).toMatchObject({ code: 1, err: expect.stringMatching(/no plan 'ffffffff'/) });
  expect(await run(project, ['backfill', 'start', '--stack', 'Froth'])).toMatchObject({ code: 2 });
  const started = await run(project, ['backfill', 'start', '--stack', 'Froth', id]);
  expect(started).toMatchObject({ code: 0, out: expect.stringContaining(`back-fill ${id}  CHECKING`) });
  expect((await run(project, ['backfill', 'stop', '--stack', 'Froth'])).out).toContain('STOPPED');
  expect((await run(project, ['backfill', 'start', '--stack', 'Froth', id])).out).toContain('CHECKING');
  await project.rounds(40);
  expect((await run(project, ['backfill', 'status', '--stack', 'Froth'])).out).toMatch(/DONE[^]*ended\s+3 DONE[^]*Every object/);
  expect((await run(project, ['status', '--stack', 'Froth'])).out).toContain(`${id} DONE: 3 of 3 queued; 3 DONE`);
  expect(JSON.parse((await run(project, ['backfill', 'status', '--stack', 'Froth', '--json'])).out)).toMatchObject({ plan: id, phase: 'DONE' });
  expect((await run(project, ['backfill', 'plan', '--stack', 'Froth'])).out).toMatch(/Nothing is to be taken in/);
});

test('a plan waits until all is counted', async () => {
  const project = await archived();
  let waited = 0;
  const slow = async (request: OperatorRequest): Promise<Status> => {
    const answer = await ask(request);
    return waited < 2 && answer.backfill ? { ...answer, backfill: { ...answer.backfill, phase: 'PLANNING' } } : answer;
  };
  const ran = await run(project, ['backfill', 'plan', '--stack', 'Froth'], { ask: slow, sleep: async () => { waited += 1; } });
  expect(ran).toMatchObject({ code: 0, err: 'counting: 3 objects so far\n', out: expect.stringContaining('Nothing has been started.') });
});

test('a bucket that cannot be read is an error that says what to do, and not a wait', async () => {
  const project = await MemoryProject.create();
  const ran = await run(project, ['backfill', 'plan', '--stack', 'Froth', '--bucket', 'nowhere'], { sleep: async () => undefined });
  expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/does not get\s+on: [^]*nowhere[^]*next: {2}Mend that/) });
  expect(await run(project, ['backfill', 'status', '--stack', 'Froth'])).toMatchObject({ code: 3 });
});

test.each<[string[], BackfillWorld, RegExp]>([
  [[], { backfills: new Map() }, /which bucket\?[^]*Add a Backfill construct/],
  [[], { backfills: new Map([['A', ARCHIVE], ['B', ARCHIVE]]) }, /which bucket\?[^]*--source: A, B/],
  [['--source', 'C'], {}, /there is no Backfill 'C'[^]*Archive/],
  [['--per-minute', 'fast'], {}, /--per-minute is 'fast'/],
  [['--fee', 'free'], {}, /--fee is 'free'/],
])('%j is a usage error', async (argv, world, message) => {
  const ran = await run(await archived(0), ['backfill', 'plan', '--stack', 'Froth', ...argv], world);
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
});

test.each([
  ['2026-01-04/manifest.json', { bucket: 'inventories', manifestKey: 'inv/2026-01-04/manifest.json' }],
  ['inv/2026-01-04/manifest.json', { bucket: 'inventories', manifestKey: 'inv/2026-01-04/manifest.json' }],
  ['s3://elsewhere/manifest.json', { bucket: 'elsewhere', manifestKey: 'manifest.json' }],
])('the inventory %s is found', async (given, inventory) => {
  const project = await archived(0);
  const requests: OperatorRequest[] = [];
  const noted = async (request: OperatorRequest): Promise<Status> => {
    requests.push(request);
    return ask(request);
  };
  const backfills = new Map([['Archive', { ...ARCHIVE, inventoryBucket: 'inventories', inventoryPrefix: 'inv/' }]]);
  await run(project, ['backfill', 'plan', '--stack', 'Froth', '--inventory', given, '--per-minute', '7'], { ask: noted, backfills });
  expect(requests[0].backfill).toEqual({ source: { bucket: 'archive', prefix: 'photos/', inventory }, objectsPerMinute: 7 });
});
