import type { CodePipelineEvent } from 'aws-lambda';
import { zipSync } from 'fflate';
import { ProjectConfiguration } from '../../../src/contract/project-configuration';
import { CodePipelineJobs } from '../../../src/runtime/aws/code-pipeline-jobs';
import { handler } from '../../../src/runtime/instructions/push-instructions.lambda';
import { readProject } from '../../../src/runtime/ledger/project';
import { flushes, useProject } from '../../support/handler-world';
import { HOUR, MemoryProject, MINUTE } from '../../support/memory-project';
import { job } from '../../support/running-project';
import { gradient, jpegOf } from '../images/samples';

jest.mock('../../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../../support/handler-world')>('../../support/handler-world').mockedWorld(),
}));

type Files = { readonly [name: string]: Uint8Array };

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** The pipeline as its executions and jobs look from outside. */
const began = new Map<string, number>();
const answers: string[] = [];
const summaries: string[] = [];
let answering: () => void;
beforeEach(() => {
  began.clear();
  answers.length = 0;
  summaries.length = 0;
  answering = () => undefined;
  jest.spyOn(CodePipelineJobs.prototype, 'startedAt').mockImplementation(async (_pipeline, execution) => began.get(execution));
  jest.spyOn(CodePipelineJobs.prototype, 'succeed').mockImplementation(async (id, version, summary) => {
    answers.push(`${id}: ${version}`);
    summaries.push(summary);
    answering();
  });
  jest.spyOn(CodePipelineJobs.prototype, 'fail').mockImplementation(async (id, message) => { answers.push(`${id}: FAILED ${message}`); });
});

class PushedProject {
  static async create(configuration: Partial<ProjectConfiguration> = {}): Promise<PushedProject> {
    const project = await MemoryProject.create({ configuration: { instructions: { owner: 'PIPELINE' }, ...configuration } });
    project.outside.cloud.buckets.create('artifacts');
    useProject(project);
    return new PushedProject(project);
  }

  private hasSite = false;

  constructor(readonly project: MemoryProject) {}

  /** Its instructions are for people to read too. */
  withSite(): this {
    this.project.outside.cloud.buckets.create('site');
    this.hasSite = true;
    return this;
  }

  /** What people read there. */
  read(key = 'index.html'): string {
    return Buffer.from(this.project.outside.cloud.buckets.read('site', key).body).toString();
  }

  /** An execution begins now, and hands over an archive. */
  async begin(execution: string, archive: Files | Uint8Array): Promise<void> {
    began.set(execution, this.project.clock.now());
    await this.project.outside.cloud.buckets.put('artifacts', `${execution}.zip`, Buffer.from(archive instanceof Uint8Array ? archive : zipSync(archive)), {});
  }

  /** Its last action runs. Answers what the pipeline was told. */
  async publish(execution: string, artifact = execution): Promise<string> {
    const site = this.hasSite ? { site: 'site' } : {};
    await handler({
      'CodePipeline.job': {
        id: execution,
        data: {
          actionConfiguration: { configuration: { UserParameters: JSON.stringify({ pipeline: 'p', execution, revision: `commit ${artifact}`, task: 'x', ...site }) } },
          inputArtifacts: [{ name: 'Folder', revision: null, location: { type: 'S3', s3Location: { bucketName: 'artifacts', objectKey: `${artifact}.zip` } } }],
        },
      },
    } as unknown as CodePipelineEvent);
    return answers[answers.length - 1].slice(execution.length + 2);
  }

  async push(execution: string, archive: Files | Uint8Array): Promise<string> {
    await this.begin(execution, archive);
    return this.publish(execution);
  }

  get pushed() {
    return readProject(this.project.world.ledger).then(({ pushed }) => pushed);
  }

  async html(): Promise<string> {
    return (await this.project.simulator.page(this.project.openTasks()[0].taskId)).html;
  }
}

const folder = (said: string): Files => ({ 'full.md': text(said) });

test('a push is what workers of the next job read, example image and all; the data set says under which version', async () => {
  const there = await PushedProject.create();
  const version = await there.push('e1', { 'full.md': text('Pushed ![Good](good.jpg)'), 'images/good.jpg': await jpegOf(gradient(20, 10)), 'images/.DS_Store': text('x') });
  expect(version).toMatch(/^[0-9a-f]{32}$/);
  expect(flushes).toBe(1);
  expect(there.project.outside.waker.causes).toContain('push');
  const { project } = there;
  await project.drop('a.jpg');
  await project.rounds(10);
  expect(await there.html()).toMatch(/Pushed <img src="https:\/\/output\.s3\.amazonaws\.com\/config\/[0-9a-f]{32}\/good\.jpg\?X-Amz-Signature/);
  await project.label();
  await project.finish();
  expect(project.dataSet()).toEqual([expect.objectContaining({ 'instructions-version': version })]);
  expect(await there.pushed).toMatchObject({ version, by: 'commit e1' });
});

test('with ROLL_NOW a push reaches workers within some two hours, and what they had not done goes along; a deploy in between keeps it', async () => {
  const there = await PushedProject.create({ instructionRollOut: 'ROLL_NOW' });
  const { project } = there;
  await there.push('e1', folder('First'));
  await project.drop('a.jpg');
  await project.rounds(90);
  expect(await there.html()).toContain('First');
  await there.begin('e2', folder('Second'));
  await project.deploy({ task: { ...project.configuration.task, description: 'Deployed meanwhile' } });
  const version = await there.publish('e2');
  await project.deploy({ work: { ...project.configuration.work, window: 3 } });
  await project.rounds(120);
  expect((await job(project, 1)).rollReason).toBe('instructions');
  expect((await job(project, 2)).instructions).toBe(version);
  expect(await there.html()).toContain('Second');
  await project.label();
  await project.finish();
  expect(project.lost()).toEqual([]);
  expect(project.double()).toBe(0);
});

test('the same push again, by a second call or a second execution, changes nothing; nor does an answer that got lost', async () => {
  const there = await PushedProject.create();
  answering = () => { throw new Error('the answer got lost'); };
  await expect(there.push('e1', folder('Same'))).rejects.toThrow('the answer got lost');
  answering = () => undefined;
  const keys = there.project.outside.cloud.buckets.peekKeys('output');
  const version = await there.publish('e1');
  expect((await there.pushed)!.version).toBe(version);
  there.project.clock.advance(MINUTE);
  expect(await there.push('e2', folder('Same'))).toBe(version);
  expect(there.project.outside.cloud.buckets.peekKeys('output')).toEqual(keys);
});

test('a text that is no UTF-8 is refused, and what was pushed before stays', async () => {
  const there = await PushedProject.create();
  const version = await there.push('e1', folder('Fine'));
  for (const [execution, bytes, found] of [
    ['e2', Buffer.from('\ufeffBoxes', 'utf16le'), 'UTF-16'], ['e3', Buffer.from('K\u00e4sten', 'latin1'), 'bytes that are no UTF-8, as Latin-1 has them'],
  ] as const) {
    there.project.clock.advance(MINUTE);
    expect(await there.push(execution, { 'full.md': new Uint8Array(bytes) }))
      .toBe(`FAILED the instructions cannot be shown: full.md:1:1: error: the file has ${found}; save it as UTF-8 (not-utf-8)`);
  }
  expect((await there.pushed)!.version).toBe(version);
});

test('of two executions the one that began later holds, whichever ends last; a rolled-back stage is a later one', async () => {
  const there = await PushedProject.create();
  await there.begin('old', folder('Old'));
  there.project.clock.advance(HOUR);
  const version = await there.push('new', folder('New'));
  expect(await there.publish('old')).toBe('FAILED the instructions cannot be shown: commit new was pushed later and is published; to have commit old again, release it as a change or roll the stage back');
  expect((await there.pushed)!.version).toBe(version);
  // the same artifact under an execution of its own
  there.project.clock.advance(HOUR);
  began.set('back', there.project.clock.now());
  expect(await there.publish('back', 'old')).toBe((await there.pushed)!.version);
  expect(await there.pushed).toMatchObject({ by: 'commit old' });
});

test('executions in every order leave the one that began last', async () => {
  const orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
  for (const order of orders) {
    const there = await PushedProject.create();
    for (const number of [1, 2, 3]) {
      await there.begin(`e${number}`, folder(`Text ${number}`));
      there.project.clock.advance(1_000);
    }
    for (const number of order) {
      await there.publish(`e${number}`);
    }
    expect(await there.pushed).toMatchObject({ by: 'commit e3' });
  }
});

test('warnings about a push are in the log, and where the pipeline shows what the action did', async () => {
  const there = await PushedProject.create();
  const version = await there.push('e1', { ...folder('Good'), 'shrot.md': text('x') });
  const told = 'shrot.md:1:1: warning: workers never see this file; did you mean short.md? (unused-file)';
  expect(summaries).toEqual([`published as ${version} | ${told}`]);
  expect(there.project.outside.telemetry.said.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([told]);
});

/** A zip whose text is not what its list says. */
function damaged(change: (zip: Buffer, entry: number, content: number) => void, level: 0 | 9 = 9): Uint8Array {
  const zip = Buffer.from(zipSync({ 'full.md': [text('Boxes. '.repeat(300)), { level }] }));
  change(zip, zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])), 30 + 'full.md'.length);
  return zip;
}

/** A zip whose entry says that it is much larger than it is. */
function lying(): Uint8Array {
  const zip = Buffer.from(zipSync({ 'full.md': text('x'), 'images/a.jpg': text('x') }));
  const header = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  zip.writeUInt32LE(400_000_000, header + 24);
  return zip;
}

test('people read on the site what was pushed last, and at its version what was pushed before; a push that comes too late changes nothing', async () => {
  const there = (await PushedProject.create()).withSite();
  await there.begin('late', folder('Late'));
  there.project.clock.advance(MINUTE);
  const first = await there.push('e1', folder('First'));
  expect(there.read()).toContain('First');
  there.project.clock.advance(MINUTE);
  const second = await there.push('e2', { 'full.md': text('Second ![Good](good.jpg)'), 'images/good.jpg': await jpegOf(gradient(20, 10)) });
  expect(there.read()).toBe(there.read(`${second}/index.html`));
  expect(there.read()).toMatch(/Second <img src="\/images\/[0-9a-f]{32}\/good\.jpg" alt="Good">/);
  expect(there.read(`${first}/index.html`)).toContain('First');
  expect(await there.publish('late')).toMatch(/^FAILED .* was pushed later/);
  expect(there.read()).toContain('Second');
  there.project.clock.advance(MINUTE);
  expect(await there.push('wrong', folder('![Good](good.jpg)'))).toMatch(/^FAILED/);
  expect(there.read()).toContain('Second');
});

test.each<[string, () => Files | Uint8Array, RegExp]>([
  ['a mistake', () => folder('a\n\n![Good](good.jpg)'), /full\.md:3:9: error: there is no example image 'good\.jpg'/],
  ['no zip file', () => text('this is no zip'), /the archive is no zip file that can be read \(.+\); pack it again/],
  ['a zip file that is cut off', () => zipSync(folder('x'.repeat(10_000))).slice(0, -30), /the archive is no zip file/],
  ['a folder that is too large', lying, /the folder has 400000001 bytes; 250000000 are allowed: reduce its images/],
  ['a file that is longer than announced', () => damaged((zip, entry) => zip.writeUInt32LE(100, entry + 24)), /full\.md is damaged in the archive \(it has more bytes than the 100 that are announced\); pack it again/],
  ['a file that is shorter than announced', () => damaged((zip, entry) => zip.writeUInt32LE(9_999, entry + 24)), /full\.md is damaged in the archive \(it has 2100 bytes; 9999 are announced\)/],
  ['a file in which a bit was flipped', () => damaged((zip, _entry, content) => { zip[content + 7] ^= 4; }, 0), /full\.md is damaged in the archive \(its checksum is wrong\); pack it again/],
  ['a path that leads out', () => ({ ...folder('x'), 'images/../../jobs/x.jpg': text('x') }), /"images\/\.\.\/\.\.\/jobs\/x\.jpg" leads out of its folder/],
  ['a path that leads out with backslashes', () => ({ ...folder('x'), 'images\\..\\..\\jobs\\x.jpg': text('x') }), /"images\\\.\.\\\.\.\\jobs\\x\.jpg" leads out of its folder/],
  ['two files of one name', () => ({ ...folder('x'), './full.md': text('y') }), /"full\.md" is there 2 times, as "full\.md", "\.\/full\.md"; it may be there once: keep one of these files/],
  ['nothing', () => ({ 'other/full.md': text('x'), '../full.md': text('x'), '/full.md': text('x') }), /write full\.md, short\.md or both/],
  ['a text that makes no page', () => ({ 'full.txt': text('x') }), /the folder has full\.txt, which makes no page/],
  ['an image that is none', () => ({ 'full.md': text('![Good](good.jpg)'), 'images/good.jpg': text('x') }), /images\/good\.jpg: /],
])('%s fails the push with what is wrong, and what was pushed before stays', async (_name, archive, expected) => {
  const there = await PushedProject.create();
  const version = await there.push('e1', folder('Good'));
  there.project.clock.advance(HOUR);
  expect(await there.push('e2', archive())).toMatch(expected);
  expect(answers[1]).toMatch(/^e2: FAILED/);
  expect((await there.pushed)!.version).toBe(version);
});

test.each<[string, (there: PushedProject) => Promise<unknown>, RegExp]>([
  ['an archive that is gone', async () => began.set('e1', 1), /s3:\/\/artifacts\/e1\.zip is not there any more; release the change again/],
  ['an archive that is too large to be read', async ({ project }) => {
    began.set('e1', 1);
    jest.spyOn(project.outside.objects, 'head').mockResolvedValue({ versionId: '1', size: 300_000_000, etag: '', lastModified: 0, metadata: {} });
  }, /the archive has 300000000 bytes; 250000000 are allowed/],
  ['an execution that nobody knows', async (there) => there.begin('e1', folder('x')).then(() => began.clear()), /the pipeline 'p' does not know its execution e1/],
  ['a deploy that owns the instructions', async (there) => {
    await there.begin('e1', folder('x'));
    await there.project.deploy({ instructions: undefined });
  }, /the configuration in force has the deploy for their owner/],
  ['a ledger that cannot be read', async (there) => {
    await there.begin('e1', folder('x'));
    jest.spyOn(there.project.outside.table, 'query').mockRejectedValueOnce(new Error('no answer'));
  }, /^FAILED no answer$/],
])('%s is told to the pipeline', async (_name, prepare, expected) => {
  const there = await PushedProject.create();
  await prepare(there);
  expect(await there.publish('e1')).toMatch(expected);
  expect(await there.pushed).toBeUndefined();
});

test('a push whose every write may fail, before or after it was done, is complete once it is said to be', async () => {
  for (let failing = 1; failing <= 10; failing += 1) {
    for (const executed of [false, true]) {
      const there = (await PushedProject.create()).withSite();
      const { objects, table } = there.project.outside;
      let calls = 0;
      const flaky = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
        calls += 1;
        if (calls !== failing) {
          return act(...args);
        }
        if (executed) {
          await act(...args);
        }
        throw new Error('no answer');
      };
      await there.begin('e1', folder('Flaky'));
      objects.putIfAbsent = flaky(objects.putIfAbsent.bind(objects));
      objects.get = flaky(objects.get.bind(objects));
      objects.put = flaky(objects.put.bind(objects));
      table.write = flaky(table.write.bind(table));
      const first = await there.publish('e1');
      const version = first.startsWith('FAILED') ? await there.publish('e1') : first;
      expect(version).toMatch(/^[0-9a-f]{32}$/);
      expect((await there.pushed)!.version).toBe(version);
      expect(there.project.outside.cloud.buckets.peekKeys('output')).toContain(`config/${version}/template.liquid.html`);
      expect(there.read()).toContain('Flaky');
    }
  }
});
