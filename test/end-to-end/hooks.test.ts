import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { FeatureEngineering, LabelingTask, StreamingLabelingProject, WorkTeam } from '../../src';
import { imbalances } from '../../src/local/demo/audit';
import { DataSetLine, DeployedProject } from '../../src/local/demo/project';
import { Stage } from '../../src/local/demo/stage';
import { Team } from '../../src/local/demo/team';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, Processes, readAssembly, uploadAssets } from '../../src/local/runner';
import { jpegOf, paint } from '../runtime/images/samples';
import { isPythonMissing } from '../support/emulator';
import { stopAll } from '../support/stage';

jest.setTimeout(300_000);

const ROOT = join(__dirname, '../..');
const PATIENCE = 150_000;
const PHOTOS = ['people/grace hopper (1984).jpg', 'animals/raccoon.jpg'];
const photo = (key: string) => ({ key, bytes: readFileSync(join(ROOT, 'examples/photos', key)) });

(isPythonMissing() ? describe.skip : describe)('a feature engineering function, in the emulator', () => {
  const processes = new Processes();
  const folder = mkdtempSync(join(tmpdir(), 'hooks-'));
  const projects: DeployedProject[] = [];
  let stage: Stage;
  let team: Team;

  beforeAll(async () => {
    stage = await Stage.start({ processes, timings: { engineRetryFirst: 500, engineRetryLongest: 1_000 } });
    team = new Team({ stage, pace: 20 });
    team.start();
  });

  afterAll(async () => {
    await stopAll({ projects, team, stage, processes });
    rmSync(folder, { recursive: true });
  });

  async function deploy(): Promise<DeployedProject> {
    const outdir = join(folder, 'cdk.out');
    const app = new App({ outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Hook');
    const crop = new LambdaFunction(stack, 'Crop', {
      code: Code.fromAsset(join(ROOT, 'examples/python/hook/function')), handler: 'crop.handler', runtime: Runtime.PYTHON_3_13, timeout: Duration.minutes(1),
    });
    new StreamingLabelingProject(stack, 'Demo', {
      projectName: 'demo',
      task: LabelingTask.imageClassification({ title: 'Light', description: 'Where is it light?', labels: [{ name: 'left' }, { name: 'right' }] }),
      workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', `arn:aws:sagemaker:${DEFAULT_REGION}:${DEFAULT_ACCOUNT}:workteam/private-crowd/demo`),
      featureEngineering: FeatureEngineering.fromFunction(crop),
      window: 4,
    });
    app.synth();
    const [artifact] = readAssembly(outdir, stage.emulator.connection);
    await uploadAssets(stage.emulator, artifact.assets);
    const project = await DeployedProject.deploy(stage, artifact);
    project.start();
    projects.push(project);
    return project;
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + PATIENCE; !await isSo(); await sleep(250)) {
      if (Date.now() > deadline) {
        throw new Error(`not so after ${PATIENCE / 1000} s: ${what}\n${stage.log(40)}`);
      }
    }
  }

  test('drops of a project with the example in Python are labeled, and a dark one is refused', async () => {
    const project = await deploy();
    await project.drop({ key: 'dark.jpg', bytes: await jpegOf(paint(600, 600, () => [2, 2, 2])) });
    for (const key of PHOTOS) {
      await project.drop(photo(key));
    }
    await until('both are labeled', async () => (await project.dataSet()).length >= PHOTOS.length);
    const lines: DataSetLine[] = await project.dataSet();
    expect(lines.map((line) => line['drop-key']).sort()).toEqual([...PHOTOS].sort());
    for (const line of lines) {
      expect(line).toMatchObject({ 'image-width': 512, 'image-height': 512, 'image-attributes': { brightness: expect.any(Number) }, 'inverse-transform': [1, 0, 0, 1, expect.any(Number), 10] });
    }
    await until('the dark one is put away', async () => (await project.ledger()).drops.every(({ state }) => state === 'DONE' || state === 'QUARANTINED'));
    const ledger = await project.ledger();
    expect(ledger.drops.filter(({ state }) => state === 'QUARANTINED')).toMatchObject([{ key: 'dark.jpg', reason: 'hook-rejected', detail: expect.stringMatching(/^too-dark: /) }]);
    expect(imbalances(ledger)).toEqual([]);
    expect(ledger.alerts).toEqual([]);
  });
});
