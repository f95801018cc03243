import { createHash } from 'node:crypto';
import { Template } from 'aws-cdk-lib/assertions';
import { connect, answerOf } from '../../src/cli/aws/connect';
import { explainAwsError } from '../../src/cli/aws/explain-error';
import { chooseProject, projectsOf } from '../../src/cli/aws/stack-outputs';
import { CommandError } from '../../src/cli/errors';
import { COMMANDS, OperatorRequest, Status } from '../../src/contract/operator';
import { handler } from '../../src/runtime/controller/controller.lambda';
import { Engineered, EngineeredImage, GatedDrop } from '../../src/runtime/intake/engine';
import { recordFailure } from '../../src/runtime/ledger/labels';
import { newProject, newStack } from '../project-fixture';
import { CliWorld, Ran, cli } from '../support/cli';
import type * as HandlerWorld from '../support/handler-world';
import { useProject } from '../support/handler-world';
import { BAD, MemoryProject, PlainEngine } from '../support/memory-project';
import { images, runningProject, statesOf } from '../support/running-project';

jest.mock('../../src/runtime/aws/world', () => ({ awsWorld: () => jest.requireActual<typeof HandlerWorld>('../support/handler-world').mockedWorld() }));

const ask = async (request: OperatorRequest): Promise<Status> => JSON.parse(JSON.stringify(await handler(request))) as Status;

/** Runs a command line against a project whose controller is the real handler. */
async function run(project: MemoryProject, argv: readonly string[], world: Partial<CliWorld> = {}): Promise<Ran> {
  useProject(project);
  return cli(project, { ask, ...world }, ...argv);
}

const LONG = 'camera-1/line 4/a very long name that goes on and on, as cameras and people like to make them/2026-01-05T08-00-00.000Z-0001.jpg';

async function busyProject(): Promise<MemoryProject> {
  const project = await runningProject({}, 2);
  await project.drop(LONG);
  await project.drop('twin.jpg', 'content of cam/0.jpg');
  await project.drop('bad.jpg', `${BAD} \u001b[31mred`);
  await project.rounds(4);
  await project.label(1);
  await project.rounds(10);
  return project;
}

function expectReadable({ out, err }: Ran, columns = 80): void {
  for (const line of `${out}${err}`.split('\n')) {
    expect([line, line.length <= columns]).toEqual([line, true]);
  }
  // eslint-disable-next-line no-control-regex
  expect(`${out}${err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
}

describe('status', () => {
  test('shows mode, counts, jobs, data set and what to do next', async () => {
    const ran = await run(await busyProject(), ['status', '--stack', 'Froth']);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 0, err: '' });
    for (const text of ['froth-0a1b2c3d  ACTIVE', '5: 3 DONE, 1 DUPLICATE, 1 QUARANTINED', '1 LABELED', 'CREATED InProgress', 'no alerts', '`explain KEY`', '1 line, published']) {
      expect(ran.out).toContain(text);
    }
  });

  test('as JSON is the controller\'s own answer', async () => {
    const ran = await run(await busyProject(), ['status', '--stack', 'Froth', '--json']);
    expect(JSON.parse(ran.out)).toMatchObject({ mode: 'ACTIVE', counts: { 'drop:DONE': 3 }, alerts: [], waiting: [] });
  });

  test('shows alerts whole, and ends with 3 for scripts', async () => {
    const project = await busyProject();
    await project.simulator.stopByHand(project.liveJobName()!);
    await project.rounds(5);
    const ran = await run(project, ['status', '--stack', 'Froth', '--exit-code']);
    expectReadable(ran);
    expect(ran.code).toBe(3);
    expect(ran.out.replace(/\s+/g, ' ')).toMatch(/stopped-by-hand \(since .*\): job froth-0a1b2c3d-1 was stopped by hand: the project is paused until it is resumed/);
    expect(ran.out).toContain('`resume` lets it go on.');
    expect((await run(project, ['status', '--stack', 'Froth'])).code).toBe(0);
  });

  test('of a new project', async () => {
    const ran = await run(await MemoryProject.create(), ['status', '--stack', 'Froth']);
    expectReadable(ran);
    expect(ran.out).toMatch(/drops\s+none[^]*jobs\s+none yet/);
  });
});

describe('orders', () => {
  test.each([['pause', 'PAUSED'], ['resume', 'ACTIVE'], ['drain', 'DRAINING'], ['roll', 'ACTIVE']])('%s', async (name, mode) => {
    const project = await runningProject();
    const ran = await run(project, [name, '--stack', 'Froth']);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain(`froth-0a1b2c3d  ${mode}`);
    expect((await project.read()).state.mode).toBe(mode);
    if (name !== 'roll') {
      expect((await project.read()).state.modeReason).toBe(`${name} by ada`);
    }
  });

  test('a roll names the job, or says that there is none', async () => {
    const project = await runningProject();
    const ran = await run(project, ['roll', '--stack', 'Froth']);
    expect(ran.out).toContain(`is left of\n${project.liveJobName()}.\n`);
    const idle = await run(await MemoryProject.create(), ['roll', '--stack', 'Froth']);
    await project.command('pause');
    const paused = await run(project, ['roll', '--stack', 'Froth']);
    [idle, paused].forEach((one) => expectReadable(one));
    expect(paused.out).toContain('The project is PAUSED: after `resume` another job replaces');
    expect(idle).toMatchObject({ code: 0, out: expect.stringMatching(/^No job runs: there is nothing to roll\./) });
  });

  test('wait for a busy controller, and end with 3 where it stays busy', async () => {
    const project = await runningProject();
    const until = project.clock.now() + 100_000;
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'LEASE' }, set: { owner: 'another', until } }]);
    const waits = await run(project, ['pause', '--stack', 'Froth']);
    expectReadable(waits);
    expect(waits).toMatchObject({ code: 3, out: expect.stringContaining('not carried out yet'), err: expect.stringContaining('busy') });
    const json = JSON.parse((await run(project, ['resume', '--stack', 'Froth', '--json'])).out) as Status;
    expect([json.order?.done, json.waiting.map(({ name }) => name)]).toEqual([false, ['pause', 'resume']]);
    const sleep = async (): Promise<void> => {
      project.clock.advance(60_000);
      await project.round();
    };
    expect(await run(project, ['drain', '--stack', 'Froth', '--by', 'grace'], { sleep })).toMatchObject({ code: 0 });
    expect((await project.read()).state.modeReason).toBe('drain by grace');
  });

  test('export says where the data set is', async () => {
    const ran = await run(await busyProject(), ['export', '--stack', 'Froth']);
    expectReadable(ran);
    expect(ran.out).toContain('1 labeled image');
    expect(ran.out).toContain('aws s3 cp s3://output/datasets/current/output.manifest .');
  });

  test('to a retired project fail with the reason', async () => {
    const project = await runningProject();
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'STATE' }, set: { mode: 'RETIRED' } }]);
    expect(await run(project, ['pause', '--stack', 'Froth'])).toMatchObject({ code: 1, err: expect.stringMatching(/retired[^]*next:/) });
  });

  test('every order that the controller knows has a command', async () => {
    for (const name of COMMANDS) {
      const words = name.split('-');
      const { out } = await run(await MemoryProject.create(), [...words.slice(0, -1), '--help']);
      expect(out).toMatch(new RegExp(`^ {2}${words.at(-1)} `, 'm'));
    }
  });
});

describe('explain', () => {
  test('a drop by its key: its history, its images, their labels', async () => {
    const project = await busyProject();
    const ran = await run(project, ['explain', '--stack', 'Froth', 'cam/0.jpg']);
    expectReadable(ran);
    expect(ran.out.replace(/\s+/g, ' ')).toMatch(/drop s3:\/\/drop\/cam\/0.jpg .*state DONE .*received .*done .*image s3:\/\/input\/images\/cam\/0-.* state LABELED, job 1 .*label job 1, .*"class-name":"froth".*pending: from cam\/0.jpg .*sending: job 1 .*sent: job 1 .*labeled: job 1/);
    const json = JSON.parse((await run(project, ['explain', '--stack', 'Froth', 'cam/0.jpg', '--json'])).out) as { drops: unknown[] };
    expect(json.drops).toMatchObject([{ drop: { state: 'DONE' }, images: [{ image: { state: 'LABELED' }, labels: [{ job: 1 }] }] }]);
  });

  test.each<[string, (project: MemoryProject) => string | undefined]>([
    ['its URI', () => 's3://drop/cam/0.jpg'],
    ['its hash', (project) => String(images(project)['cam/0.jpg'].sha256)],
    ['where its original lies', (project) => project.outside.cloud.buckets.peekKeys('input', 'originals/').find((key) => key.startsWith('originals/cam/') && key.endsWith('/0.jpg'))],
    ['its image', (project) => String(images(project)['cam/0.jpg'].sourceRef)],
    ['the key of its image', (project) => String(images(project)['cam/0.jpg'].sourceRef).slice('s3://input/'.length)],
  ])('finds it by %s', async (_name, what) => {
    const project = await busyProject();
    const ran = await run(project, ['explain', '--stack', 'Froth', what(project)!]);
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('s3://input/images/cam/0-') });
  });

  test('a duplicate names the drop that it repeats, a quarantined one its reason and the remedy', async () => {
    const project = await busyProject();
    expect((await run(project, ['explain', '--stack', 'Froth', 'twin.jpg'])).out).toMatch(/DUPLICATE\n\s+of\s+s3:\/\/drop\/cam\/0.jpg/);
    const bad = await run(project, ['explain', '--stack', 'Froth', 'bad.jpg']);
    expectReadable(bad);
    expect(bad.out).toMatch(/QUARANTINED\n\s+reason\s+not-an-image[^]*remedy\s+The bytes are no image/);
  });

  test('long names and many lines fit the terminal', async () => {
    const project = await busyProject();
    for (const columns of [120, 80, 60]) {
      expectReadable(await run(project, ['explain', '--stack', 'Froth', LONG], { columns }), columns);
      expectReadable(await run(project, ['status', '--stack', 'Froth'], { columns }), columns);
    }
  });

  test('several versions of a key are told one after the other', async () => {
    const project = await runningProject({}, 1);
    await project.drop('cam/0.jpg', `${BAD} second`);
    await project.rounds(2);
    const { out } = await run(project, ['explain', '--stack', 'Froth', 'cam/0.jpg']);
    expect(out.match(/^drop {2}/gm)).toHaveLength(2);
    expect(out.match(/received$/gm)).toHaveLength(2);
  });

  test('what nobody knows is an error that says what to give', async () => {
    const project = await busyProject();
    expect(await run(project, ['explain', '--stack', 'Froth', 'nothing.jpg'])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/knows no drop and no image[^]*next: {2}Keys are/) });
    expect(await run(project, ['explain', '--table', 'ledger', 'cam/0.jpg'])).toMatchObject({ code: 1, err: expect.stringMatching(/next: {2}Give the whole URI/) });
    expect(await run(project, ['explain', '--table', 'ledger', 's3://drop/cam/0.jpg'])).toMatchObject({ code: 0 });
    expect(await run(project, ['explain', '--function', 'controller', 'cam/0.jpg'])).toMatchObject({ code: 2, err: expect.stringMatching(/--table/) });
  });
});

describe('requeue', () => {
  async function quarantined(): Promise<MemoryProject> {
    const project = await runningProject({}, 1);
    for (let number = 1; number <= 3; number += 1) {
      await recordFailure(project.world.ledger, String(images(project)['cam/0.jpg'].sourceRef), number, 'blurred');
      await project.simulator.expire(project.liveJobName()!, 'Completed');
      await project.rounds(40);
    }
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'QUARANTINED' });
    await project.drop('bad.jpg', `${BAD} bytes`);
    await project.rounds(2);
    return project;
  }

  test('an image by the key of its drop', async () => {
    const project = await quarantined();
    const ran = await run(project, ['requeue', '--stack', 'Froth', 'cam/0.jpg']);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Ordered again: 0 drops, 1 image.') });
    expect(statesOf(project)).not.toEqual({ 'cam/0.jpg': 'QUARANTINED' });
  });

  test('a drop by its key', async () => {
    const project = await quarantined();
    expect((await run(project, ['requeue', '--stack', 'Froth', 'bad.jpg'])).out).toContain('Ordered again: 1 drop, 0 images.');
    expect((await project.read()).counts['drop:RECEIVED']).toBe(1);
  });

  test('all of a kind asks first, with the numbers; nobody there means no', async () => {
    const project = await quarantined();
    const asked: string[] = [];
    const confirm = (answer: boolean) => async (question: string): Promise<boolean> => {
      asked.push(question);
      return answer;
    };
    const all = ['requeue', '--stack', 'Froth', '--quarantined'];
    expect(await run(project, all)).toMatchObject({ code: 2, err: expect.stringMatching(/--yes/) });
    expect(await run(project, all, { confirm: confirm(false) })).toMatchObject({ code: 1, err: expect.stringMatching(/nothing was done/) });
    expect(asked[0]).toMatch(/1 drop and 1 image in quarantine again\? .*paid/);
    expect((await project.read()).commands).toEqual([]);
    expect(await run(project, all, { confirm: confirm(true) })).toMatchObject({ code: 0, out: expect.stringContaining('1 drop, 1 image') });
    expect(await run(project, ['requeue', '--stack', 'Froth', '--held', '--yes'])).toMatchObject({ code: 1, out: expect.stringContaining('0 drops, 0 images') });
  });

  test('what cannot be ordered again says why, and fails', async () => {
    const project = await runningProject({}, 1);
    const ran = await run(project, ['requeue', '--stack', 'Froth', String(images(project)['cam/0.jpg'].sourceRef)]);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 1, out: expect.stringMatching(/SENT: workers have\s+it/) });
  });

  test.each([
    [[], /what is to be ordered again\?/],
    [['--quarantined', '--held'], /what is to be ordered again\?/],
    [['a.jpg', '--held'], /what is to be ordered again\?/],
    [['a.jpg', '--reason', 'truncated'], /--reason chooses among what is quarantined or held/],
    [['--quarantined', '--reason', 'ugly'], /no reason code 'ugly'[^]*empty, not-an-image/],
    [Array.from({ length: 101 }, (_, i) => `${i}.jpg`), /101 are too many/],
  ])('%j is a usage error, told before AWS is asked', async (argv, message) => {
    const ran = await cli(undefined, { ask }, 'requeue', '--stack', 'Froth', ...argv);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});

describe('list', () => {
  /** Each drop that begins with `same` looks the same. */
  class LookingEngine extends PlainEngine {
    override async engineer(drop: GatedDrop): Promise<Engineered> {
      const made = await super.engineer(drop) as { kind: 'images'; images: EngineeredImage[] };
      const perceptualHash = drop.key.startsWith('same') ? '00000000000000ff' : createHash('sha256').update(drop.key).digest('hex').slice(0, 16);
      return { ...made, images: made.images.map((image) => ({ ...image, perceptualHash })) };
    }
  }

  async function projectWithHeld(): Promise<MemoryProject> {
    const project = await MemoryProject.create({
      engine: new LookingEngine(), configuration: { featureEngineering: { kind: 'none', nearDuplicates: { maxDistance: 4 } } },
    });
    for (const key of ['same/0.jpg', LONG, 'same/1.jpg', 'same/2 \u001b[31mred.jpg']) {
      await project.drop(key);
    }
    await project.drop('bad.jpg', `${BAD} bytes`);
    await project.rounds(3);
    return project;
  }

  test('what is held says what it looks like, and goes on when it is ordered', async () => {
    const project = await projectWithHeld();
    const status = await run(project, ['status', '--stack', 'Froth']);
    expectReadable(status);
    expect(status.out).toMatch(/held\s+2 images that look like others/);
    const ran = await run(project, ['list', '--stack', 'Froth', '--held']);
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out.replace(/\s+/g, ' ')).toMatch(/image same\/1.jpg → s3:.* near-duplicate: it looks the same as s3:\/\/drop\/same\/0.jpg .*2 entries of what is held/);
    const json = JSON.parse((await run(project, ['list', '--stack', 'Froth', '--held', '--reason', 'near-duplicate', '--limit', '1', '--json'])).out) as object;
    expect(json).toMatchObject({ isWhole: false, entries: [{ kind: 'image', reason: 'near-duplicate', uri: expect.stringMatching(/^s3:/) }] });
    expect((await run(project, ['list', '--table', 'ledger', '--held', '--reason', 'no-pre-label'])).out).toContain('Nothing is held.');
    const explained = await run(project, ['explain', '--stack', 'Froth', 'same/1.jpg']);
    expectReadable(explained);
    expect(explained.out.replace(/\s+/g, ' ')).toMatch(/state HELD reason near-duplicate \(it looks the same as s3:\/\/drop\/same\/0.jpg\) remedy .*requeue/);
    expect((await run(project, ['requeue', '--stack', 'Froth', 'same/1.jpg'])).out).toContain('Ordered again: 0 drops, 1 image.');
    const asked: string[] = [];
    const confirm = async (question: string): Promise<boolean> => { asked.push(question); return true; };
    const rest = await run(project, ['requeue', '--stack', 'Froth', '--held', '--reason', 'near-duplicate'], { confirm });
    expect(rest.out).toContain('Ordered again: 0 drops, 1 image.');
    expect(asked).toEqual([expect.stringMatching(/1 image again that are held for near-duplicate\?/)]);
    await run(project, ['requeue', '--stack', 'Froth', '--held'], { confirm });
    expect(asked[1]).toMatch(/0 held images again, 0 of them near duplicates/);
    expect((await run(project, ['list', '--stack', 'Froth', '--held'])).out).toContain('Nothing is held.');
  });

  test('what is in quarantine, of one reason or of all', async () => {
    const project = await projectWithHeld();
    const ran = await run(project, ['list', '--stack', 'Froth', '--quarantined']);
    expectReadable(ran);
    expect(ran.out.replace(/\s+/g, ' ')).toMatch(/drop s3:\/\/drop\/bad.jpg not-an-image: bad: bytes 1 entry of what is in quarantine/);
    expect((await run(project, ['list', '--stack', 'Froth', '--quarantined', '--reason', 'truncated'])).out).toContain('Nothing is in quarantine.');
  });

  test.each([[[]], [['--held', '--quarantined']], [['--held', '--reason', 'ugly']], [['--held', '--limit', 'many']]])('%j is a usage error', async (argv) => {
    expect(await run(await MemoryProject.create(), ['list', '--stack', 'Froth', ...argv])).toMatchObject({ code: 2, out: '' });
  });
});

describe('the command line', () => {
  test('help fits 80 columns, for the program and each command', async () => {
    const project = await MemoryProject.create();
    const main = await run(project, ['--help']);
    expectReadable(main);
    expect(main.code).toBe(0);
    const names = [...main.out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== 'npx');
    expect(names.length).toBeGreaterThan(7);
    for (const name of names) {
      const ran = await run(project, [name, '--help']);
      expectReadable(ran);
      expect(ran).toMatchObject({ code: 0, err: '' });
    }
    expect(await run(project, ['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
  });

  test.each([[['explode']], [['status', '--colour']], [['explain', '--stack', 'Froth']], [['status', '--stack']], [['status', 'surplus', '--stack', 'x']]])(
    '%j is a usage error that points to the help', async (argv) => {
      const ran = await run(await MemoryProject.create(), argv);
      expectReadable(ran);
      expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/error: [^]*--help/) });
    });

  test('what AWS says is told with what to do next', async () => {
    const fails = (name: string, message: string) => async (): Promise<never> => { throw Object.assign(new Error(message), { name }); };
    const project = await MemoryProject.create();
    const ran = await run(project, ['status', '--stack', 'Froth'], { ask: fails('CredentialsProviderError', 'Could not load credentials from any providers') });
    expectReadable(ran);
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/^error: Could not load[^]*next: {2}Log in to AWS/) });
    const cases: [string, string, RegExp][] = [
      ['Error', 'Region is missing', /--region/], ['AccessDeniedException', 'not authorized', /permission/],
      ['ResourceNotFoundException', 'Function not found', /--function/], ['TimeoutError', 'socket hang up', /network/],
    ];
    cases.forEach(([name, message, next]) => expect(explainAwsError(Object.assign(new Error(message), { name })).next).toMatch(next));
  });

  test('no project named, and a function that is none of ours', async () => {
    await expect(connect({})).rejects.toThrow(/which project/);
    const access = await connect({ table: 'ledger' });
    await expect(access.ask({ command: 'status' })).rejects.toThrow(/needs the controller function/);
    expect(() => answerOf('f', '{"hello":1}', undefined)).toThrow(/does not answer as a controller/);
    const caught = ((): CommandError => {
      try {
        return answerOf('f', '{"errorMessage":"unknown command \'export\'"}', 'Unhandled') as never;
      } catch (error) {
        return error as CommandError;
      }
    })();
    expect([caught.message, caught.next]).toEqual([expect.stringContaining('unknown command'), expect.stringContaining('deploy it again')]);
  });
});

describe('stack outputs', () => {
  test('of a synthesized project are found, whatever its construct id', () => {
    const stack = newStack();
    newProject(stack);
    const outputs = Object.entries(Template.fromStack(stack).findOutputs('*')).map(([OutputKey, value]) => ({ OutputKey, OutputValue: JSON.stringify(value) }));
    const [[, facts]] = [...projectsOf(outputs)];
    expect(Object.keys(facts).sort()).toEqual(['controllerFunction', 'dataSetUri', 'dropBucket', 'dropUri', 'inputBucket', 'ledgerTable', 'outputBucket']);
  });

  test('of several projects need a choice', () => {
    const facts = { controllerFunction: 'f', ledgerTable: 't' };
    const two = new Map([['A', facts], ['B', facts]]);
    expect(chooseProject(two, 's', 'B')).toBe(facts);
    expect(() => chooseProject(two, 's')).toThrow(/holds 2 projects/);
    expect(() => chooseProject(two, 's', 'C')).toThrow(/no project 'C'/);
    expect(() => chooseProject(new Map(), 's')).toThrow(/no outputs/);
    expect(chooseProject(new Map([['A', facts]]), 's')).toBe(facts);
  });
});
