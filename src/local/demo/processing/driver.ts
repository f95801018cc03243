import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { join } from 'path';
import sharp from 'sharp';
import { EMPTY_LEDGER, LedgerView } from '../../ledger-view';
import { projectRoot, StackArtifact } from '../../runner';
import { Execution, StepState } from '../../simulator';
import { countRun, Outcome } from '../count';
import { Audience } from '../driver';
import { news } from '../news';
import { DeployedProject } from '../project';
import { DropFile } from '../scenario';
import { Stage } from '../stage';
import { Finding } from '../tally';
import { Team } from '../team';
import { knowContents, KnownContent } from '../verify';
import { watch } from '../watch';

/** Between two looks, and for how long nothing may change. Unit: milliseconds. */
const LOOK = 300;
const STANDSTILL = 90_000;

const PHOTOGRAPHS = [
  'animals/raccoon.jpg', 'garden/flower.jpg', 'laboratory/retina.jpg', 'people/astronaut.jpg', 'sky/rocket.jpg', 'table/coffee.jpg', 'textures/brick.png',
];
const LATE = 'sky/hubble-deep-field.jpg';

export interface ProcessingOptions {
  readonly stage: Stage;
  readonly stack: StackArtifact;
  readonly audience: Audience;
  /** How many are dropped at the start. Default: all. */
  readonly photographs?: number;
}

export interface ProcessingResult extends Outcome {
  readonly jobs: readonly string[];
  readonly executions: readonly Execution[];
  /** What a pipeline should have done and did not. */
  readonly missed: readonly Finding[];
}

interface Files {
  readonly first: readonly DropFile[];
  /** A good picture that ends the process which works on it. */
  readonly killer: DropFile;
  readonly late: DropFile;
}

async function files(photographs = PHOTOGRAPHS.length): Promise<Files> {
  const photograph = (key: string): DropFile => file(key, readFileSync(join(projectRoot(), 'examples', 'photos', key)));
  const bytes = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#3070d0' } }).png().toBuffer();
  return {
    first: PHOTOGRAPHS.slice(0, photographs).map(photograph), late: photograph(LATE),
    killer: { ...file('odd/kill.png', bytes), reason: 'processor-crash' },
  };
}

function file(key: string, bytes: Buffer): DropFile {
  return { key, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Drops photographs and one that kills the script, one more while the first batch is at work, and lets workers label what comes of it. */
export async function runProcessing({ stage, stack, audience, photographs }: ProcessingOptions): Promise<ProcessingResult> {
  const { first, killer, late } = await files(photographs);
  const project = await DeployedProject.deploy(stage, stack);
  audience.say('deploy', `stack ${project.deployment.stackName}; pipeline ${project.deployment.pipelines[0].name} as its template defines it`);
  const good = await knowContents(stage.workers, [...first, late]);
  const known: KnownContent[] = [...good, {
    file: killer, sha256: killer.sha256, keys: [killer.key], good: false, expected: await stage.workers.expect(killer.bytes),
  }];
  const team = new Team({ stage, pace: 300, mayTake: ({ jobName }) => project.owns(jobName) });
  const watcher = new Watch(stage, project, audience);
  project.start();
  try {
    for (const each of [...first, killer]) {
      await project.drop(each);
    }
    audience.say('drop', `${first.length} photographs, and one that ends the script that works on it`);
    team.start();
    await watcher.until('The first batch is at work.', () => stage.pipelines.executions().some(isProcessing));
    await project.drop(late);
    audience.say('drop', `${late.key}, while the first batch runs`);
    await watcher.until('Batches are halved until the culprit is alone; workers label the rest.', async () =>
      watcher.ledger.counts['image:LABELED'] === good.length && watcher.ledger.counts['drop:QUARANTINED'] === 1
      && (await project.dataSet()).length === good.length && stage.pipelines.executions().every(({ isOver }) => isOver));
  } finally {
    project.stop();
    await team.stop();
  }
  const dropped = [...first, killer, late];
  const executions = stage.pipelines.executions();
  const outcome = await countRun({ stage, project, team, dropped, known });
  const jobs = stage.simulator.jobs().map(({ LabelingJobName }) => LabelingJobName).filter(name => project.owns(name));
  return { ...outcome, jobs, executions, missed: missed(executions, stage) };
}

/** Whether a step does more than choose between others. */
export const isWork = ({ definition }: StepState): boolean => definition.Type !== 'Condition';

const isBatch = ({ displayName }: Execution): boolean => displayName?.startsWith('batch-') ?? false;
const stepOf = (execution: Execution, name: string) => execution.steps.find(({ definition }) => definition.Name === name);
const isProcessing = (execution: Execution): boolean => stepOf(execution, 'FeatureEngineering')?.status === 'Executing';

/** A whole run shows all of these. */
function missed(executions: readonly Execution[], { instances }: Stage): Finding[] {
  const batches = executions.filter(isBatch);
  const steps = batches.flatMap(({ steps: all }) => all);
  const started = executions.filter(({ steps: all }) => all.some(({ outcome }) => String(outcome?.outputs?.did).includes('START, CREATE')));
  const wanted: readonly (readonly [boolean, string])[] = [
    // script and batch file are with each instance; the rest is its share of the drops
    [instances.filter(({ count, files: had }) => count === 2 && had > 2).length >= 2, 'no batch was shared out over two instances'],
    [steps.some(({ definition, status }) => definition.Name === 'FeatureEngineering' && status === 'Failed'), 'no processing step failed'],
    [steps.some(({ definition, status }) => definition.Name === 'RegisterOutputs' && status === 'Succeeded'), 'no step registered outputs'],
    [started.length > 0, 'no labeling job was started by the pipeline'],
    [batches.length >= 3, 'the drop that came in mid-run, or the halves of the first batch, had no batch of their own'],
  ];
  return wanted.filter(([holds]) => !holds).map(([, why]) => ({ what: 'pipeline', why }));
}

/** Looks at everything again and again, and tells what is new. */
class Watch {
  public ledger: LedgerView = EMPTY_LEDGER;
  private readonly told = new Set<string>();

  public constructor(private readonly stage: Stage, private readonly project: DeployedProject, private readonly audience: Audience) {}

  public async until(now: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    this.audience.say('now', now);
    const state = () => [this.ledger.counts, this.told.size];
    if (!await watch({ every: LOOK, standstill: STANDSTILL, look: () => this.look(), isSo, state })) {
      throw new Error(`nothing has changed for ${STANDSTILL / 1000} s: ${JSON.stringify(state())}`);
    }
  }

  private async look(): Promise<void> {
    const ledger = await this.project.ledger();
    news(this.ledger, ledger).forEach(({ topic, text }) => this.audience.say(topic, text));
    this.ledger = ledger;
    this.stage.pipelines.executions().forEach(execution => this.tell(execution));
  }

  private tell({ displayName, steps, status }: Execution): void {
    const lines = [
      ...steps.filter(isWork).map(step => `${displayName}: ${step.definition.Name} ${step.status}${step.failureReason ? `: ${step.failureReason}` : ''}`),
      ...(status === 'Executing' ? [] : [`${displayName}: ${status}`]),
    ];
    for (const line of lines.filter(one => !this.told.has(one))) {
      this.told.add(line);
      this.audience.say('pipeline', line.replace(/\s+/g, ' ').slice(0, 150));
    }
  }
}
