import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { LabelingTask, RetainedLedger, StreamingLabelingProject, WorkTeam } from '../../src';
import { imbalances } from '../../src/local/demo/audit';
import { DataSetLine, DeployedProject } from '../../src/local/demo/project';
import { Stage } from '../../src/local/demo/stage';
import { Team } from '../../src/local/demo/team';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, Processes, readAssembly, StackArtifact, uploadAssets } from '../../src/local/runner';
import { isPythonMissing } from '../support/emulator';
import { stopAll } from '../support/stage';

jest.setTimeout(300_000);

const PROJECT_NAME = 'demo';
const PATIENCE = 60_000;
const photo = (key: string) => ({ key, bytes: readFileSync(join(__dirname, '../../examples/photos', key)) });

/** What an earlier stack left behind. */
interface Retained {
  readonly ledgerTable: string;
  readonly inputBucket: string;
  readonly outputBucket: string;
  readonly chainId: string;
}

const synthesized = new Map<Retained | undefined, Promise<StackArtifact>>();

async function synthesize(stage: Stage, retained?: Retained): Promise<StackArtifact> {
  const outdir = mkdtempSync(join(tmpdir(), 'redeploy-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Project');
    new StreamingLabelingProject(stack, 'Demo', {
      projectName: PROJECT_NAME,
      task: LabelingTask.imageClassification({ title: 'Light', description: 'Where is it light?', labels: [{ name: 'left' }, { name: 'right' }] }),
      workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', `arn:aws:sagemaker:${DEFAULT_REGION}:${DEFAULT_ACCOUNT}:workteam/private-crowd/demo`),
      window: 4,
      ...retained && {
        retainedLedger: RetainedLedger.fromAttributes({ tableName: retained.ledgerTable, chainId: retained.chainId }),
        inputBucket: Bucket.fromBucketName(stack, 'Input', retained.inputBucket),
        outputBucket: Bucket.fromBucketName(stack, 'Output', retained.outputBucket),
      },
    });
    app.synth();
    const [artifact] = readAssembly(outdir, stage.emulator.connection);
    await uploadAssets(stage.emulator, artifact.assets);
    return artifact;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

(isPythonMissing() ? describe.skip : describe)('stacks that come and go', () => {
  const processes = new Processes();
  const projects: DeployedProject[] = [];
  let stage: Stage;
  let team: Team;

  beforeAll(async () => {
    stage = await Stage.start({ processes });
    team = new Team({ stage, pace: 50 });
    team.start();
  });

  afterAll(async () => {
    await stopAll({ projects, team, stage, processes });
  });

  async function deploy(stackName: string, retained?: Retained): Promise<DeployedProject> {
    const stack = synthesized.get(retained) ?? synthesize(stage, retained);
    synthesized.set(retained, stack);
    const project = await DeployedProject.deploy(stage, await stack, { stackName });
    expect(Object.entries(project.deployment.outputs).find(([name]) => name.includes('Checks'))![1]).toBe('OK');
    project.start();
    projects.push(project);
    return project;
  }

  /** Ends a stack; its ledger and buckets stay. */
  async function destroy(project: DeployedProject): Promise<Retained> {
    project.stop();
    await project.deployment.destroy();
    return { ...project.resources, chainId: project.resources.projectId.slice(PROJECT_NAME.length + 1) };
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!await isSo()) {
      if (Date.now() > deadline) {
        throw new Error(`not so after ${PATIENCE / 1000} s: ${what}\n${stage.log(40)}`);
      }
      await sleep(250);
    }
  }

  async function labeled(project: DeployedProject, keys: readonly string[]): Promise<DataSetLine[]> {
    await until(`the data set of ${project.deployment.stackName} has ${keys.join(', ')}`, async () => (await project.dataSet()).length >= keys.length);
    const lines = await project.dataSet();
    expect(lines.map((line) => line['drop-key']).sort()).toEqual([...keys].sort());
    return lines;
  }

  const jobs = (project: DeployedProject) => stage.simulator.jobs().filter(({ LabelingJobName }) => project.owns(LabelingJobName));
  const jobNames = (project: DeployedProject) => jobs(project).map(({ LabelingJobName }) => LabelingJobName);

  test('two stacks with one project name in one account, destroyed, deployed again, and brought back', async () => {
    const [one, two] = await Promise.all([deploy('One'), deploy('Two')]);
    expect(one.resources.projectId).not.toBe(two.resources.projectId);

    // ---- side by side: each labels what was dropped into its own bucket
    await one.drop(photo('people/astronaut.jpg'));
    await one.drop(photo('sky/rocket.jpg'));
    await two.drop(photo('table/coffee.jpg'));
    const before = await labeled(one, ['people/astronaut.jpg', 'sky/rocket.jpg']);
    await labeled(two, ['table/coffee.jpg']);
    expect(jobNames(one)).toEqual([`${one.resources.projectId}-1`]);
    expect(jobNames(two)).toEqual([`${two.resources.projectId}-1`]);

    // ---- destroyed: the live job is stopped, its queue goes, the other stack does not notice
    const [retained] = await Promise.all([destroy(one), destroy(two)]);
    expect(jobs(one)).toMatchObject([{ LabelingJobStatus: 'Stopped' }]);
    expect(jobs(two)).toMatchObject([{ LabelingJobStatus: 'Stopped' }]);

    // ---- under the same name again: a chain of its own; beside it the retained ledger and buckets, whose chain goes on
    const [again, back] = await Promise.all([deploy('Two'), deploy('Back', retained)]);
    expect([one, two].map(({ resources }) => resources.projectId)).not.toContain(again.resources.projectId);
    expect(back.resources.projectId).toBe(one.resources.projectId);
    await again.drop(photo('table/coffee.jpg'));
    await back.drop(photo('textures/brick.png'));
    await back.drop({ ...photo('sky/rocket.jpg'), key: 'sky/rocket, once more.jpg' });

    await labeled(again, ['table/coffee.jpg']);
    expect(jobNames(again)).toEqual([`${again.resources.projectId}-1`]);
    const after = await labeled(back, ['people/astronaut.jpg', 'sky/rocket.jpg', 'textures/brick.png']);
    expect(jobNames(back)).toEqual([1, 2].map((number) => `${one.resources.projectId}-${number}`));
    before.forEach((line) => expect(after).toContainEqual(line));

    // ---- nobody was paid twice within a chain, and the books balance
    const paid = stage.simulator.bill().map(({ sourceRef }) => sourceRef);
    expect(new Set(paid).size).toBe(paid.length);
    await until('the first job of the chain is settled', async () => (await back.ledger()).jobs[0].phase === 'SETTLED');
    const ledger = await back.ledger();
    expect(imbalances(ledger)).toEqual([]);
    expect(ledger.alerts).toEqual([]);
    expect(ledger.drops.map(({ key, state }) => [key, state])).toContainEqual(['sky/rocket, once more.jpg', 'DUPLICATE']);
  });

  /** Deletes a stack while its schedule goes on firing, as it does until its turn comes. Answers how long that took, in milliseconds. */
  async function destroyWhileItTicks(project: DeployedProject): Promise<number> {
    project.stop();
    const begin = Date.now();
    let isGone = false;
    const gone = project.deployment.destroy().finally(() => {
      isGone = true;
    });
    while (!isGone) {
      await project.deployment.schedules.fire().catch(() => undefined); // its function may be gone already
      await Promise.race([gone.catch(() => undefined), sleep(500)]);
    }
    await gone;
    return Date.now() - begin;
  }

  async function jobQueues(project: DeployedProject): Promise<string[]> {
    const { QueueUrls = [] } = await stage.emulator.aws.sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'GroundTruth-' }));
    return QueueUrls.filter((url) => url.includes(project.resources.projectId));
  }

  /** A project that nobody ever paused or retired has none. */
  const modeOf = async (project: DeployedProject) => (await project.ledgerItems()).find(({ pk, sk }) => pk === 'PROJECT' && sk === 'STATE')!.mode;

  test('an update ends no project; a deletion ends the job that runs, or that only begins, while the schedule fires', async () => {
    const [running, beginning] = await Promise.all([deploy('Running'), deploy('Beginning')]);
    await running.drop(photo('people/astronaut.jpg'));
    const [line] = await labeled(running, ['people/astronaut.jpg']);
    const [name] = jobNames(running);

    // ---- updated while its job runs, with a change that replaces nothing and is in the configuration: the job goes on
    const { template } = await synthesized.get(undefined)!;
    await running.deployment.update(JSON.parse(JSON.stringify(template).replaceAll('Where is it light?', 'Where is more light?')) as typeof template);
    running.start();
    expect([jobs(running), await modeOf(running)]).toMatchObject([[{ LabelingJobStatus: 'InProgress' }], undefined]);
    expect(await jobQueues(running)).toHaveLength(1);

    // ---- both are deleted, the one while its job is Initializing, and both with images that wait
    Object.assign(stage.simulator.options, { initializingTime: 6_000 });
    await beginning.drop(photo('table/coffee.jpg'));
    await until('the job begins', async () => jobs(beginning).length === 1);
    expect(jobs(beginning)).toMatchObject([{ LabelingJobStatus: 'Initializing' }]);
    await Promise.all(['sky/rocket.jpg', 'textures/brick.png'].map((key) => running.drop(photo(key))));
    const took = await Promise.all([running, beginning].map(destroyWhileItTicks));
    expect(Math.max(...took)).toBeLessThan(60_000);

    // ---- what was begun is stopped, nothing was begun since, and all that is worth something is kept
    expect([jobs(running), jobs(beginning)]).toMatchObject([
      [{ LabelingJobName: name, LabelingJobStatus: 'Stopped' }], [{ LabelingJobStatus: 'Stopped' }],
    ]);
    for (const project of [running, beginning]) {
      expect([await jobQueues(project), await modeOf(project)]).toEqual([[], 'RETIRED']);
      expect(imbalances(await project.ledger())).toEqual([]);
    }
    expect(await running.dataSet()).toEqual([line]);
    expect(await running.readUri(line['source-ref'])).not.toHaveLength(0);
    expect(Object.keys((await beginning.ledger()).counts)).toContain('drop:DONE');
    const { inputBucket, dropBucket } = beginning.resources;
    expect([await beginning.keys(inputBucket, 'images/'), await beginning.keys(inputBucket, 'originals/'), await beginning.keys(dropBucket)])
      .toEqual([[expect.stringMatching(/coffee/)], [expect.stringMatching(/coffee/)], []]);
  });
});
