import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, relative, resolve } from 'path';
import { ByHandRun } from './by-hand';
import { checkOutput, clearOutput, DATA_SET_FOLDER, REPORT_FILE, saveDataSet } from './data-set';
import { isClean, runDemo, RunResult } from './driver';
import { ByHandOptions, DemoOptions, HELP_FILE, parseOptions, UsageError } from './options';
import { isWork, ProcessingResult, runProcessing } from './processing/driver';
import { PROCESSING_TIMES, stepTime } from './processing/timings';
import { gatherReport } from './report/gather';
import { renderReport } from './report/report';
import { Screen } from './screen';
import { Stage } from './stage';
import { findings, lastLine, summary } from './summary';
import { synthesizeDemo } from './synthesis';
import { Processes, projectRoot, StackArtifact } from '../runner';

const EXIT = { CLEAN: 0, FAILED: 1, USAGE: 2 } as const;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * How long a worker looks at an image, and for how long nothing may change until a run is given up. Whoever watches a sabotaged
 * one waits for its end. Unit: milliseconds.
 */
const CALM = { pace: 900, standstill: 45_000 } as const;
const SABOTAGED = { pace: 400, standstill: 15_000 } as const;

async function main(): Promise<number> {
  // its advice is for users of the SDK, not of a demo
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  let options: DemoOptions;
  try {
    options = parseOptions(process.argv.slice(2));
    checkOutput(resolve(options.output));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.lines.join('\n')}\n`);
      return EXIT.USAGE;
    }
    throw error;
  }
  if (options.help) {
    process.stdout.write(readFileSync(join(projectRoot(), HELP_FILE)));
    return EXIT.CLEAN;
  }
  return demo(options);
}

async function demo(options: DemoOptions): Promise<number> {
  const output = resolve(options.output);
  useTemporaryFolder();
  const screen = new Screen(process.stdout);
  let isInterrupted = false;
  SIGNALS.forEach(signal => process.once(signal, () => {
    isInterrupted = true;
    screen.close();
    process.stderr.write('\ndemo: stopping ...\n');
  }));
  const processes = new Processes();
  let stage: Stage | undefined;
  try {
    const startedAt = Date.now();
    stage = await Stage.start({
      processes, progress: line => screen.say('python', line),
      ...options.processing ? { timings: PROCESSING_TIMES, pipelines: { stepTime } } : {},
    });
    screen.say('stage', `AWS emulator on ${stage.emulator.connection.endpoint}, Ground Truth simulator on ${stage.simulatorEndpoint}`);
    screen.say('synth', `synthesizing examples/demo/${options.processing ? 'processing/' : ''}app.ts`);
    const stack = await synthesizeDemo(processes, stage.emulator, { processing: options.processing, task: options.byHand?.task });
    if (options.processing) {
      return await processing(stage, processes, stack, screen);
    }
    if (options.byHand) {
      return await byHand(stage, stack, options.byHand, screen);
    }
    const result = await runDemo({
      stage, stack, expiry: options.expiry, sabotage: options.sabotage, audience: screen,
      ...options.sabotage === undefined ? CALM : SABOTAGED,
    });
    screen.close();
    await tell(result, options, { startedAt, output, screen });
    if (options.keep) {
      await keep(stage, result, screen);
    }
    await result.team.stop();
    await stop(stage, processes);
    process.stdout.write(`${lastLine(result)}\n`);
    return isClean(result) ? EXIT.CLEAN : EXIT.FAILED;
  } catch (error) {
    screen.close();
    if (isInterrupted) {
      await forever(); // `processes` stops everything and ends this process
    }
    process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n${troubles(stage)}`);
    await stop(stage, processes);
    return EXIT.FAILED;
  }
}

/** Prints the executions, what went wrong, and the numbers. */
async function processing(stage: Stage, processes: Processes, stack: StackArtifact, screen: Screen): Promise<number> {
  const result = await runProcessing({ stage, stack, audience: screen });
  screen.close();
  const wrong = [...findings(result), ...result.missed.map(finding => ({ kind: 'missed', ...finding }))];
  screen.print(['', `Executions: ${result.executions.length}`, ...executionLines(result), '', ...wrong.map(({ kind, what, why }) => `${kind}: ${what}: ${why}`)].join('\n').trimEnd());
  await stop(stage, processes);
  process.stdout.write(`${lastLine(result)}\n`);
  return wrong.length === 0 ? EXIT.CLEAN : EXIT.FAILED;
}

function executionLines({ executions }: ProcessingResult): string[] {
  return executions.map(({ displayName, status, steps }) => `  ${(displayName ?? '').padEnd(10)}${status.padEnd(11)}`
    + steps.filter(isWork).map(({ definition, status: step }) => `${definition.Name}${step === 'Succeeded' ? '' : ` ${step.toLowerCase()}`}`).join(', '));
}

async function tell(
  result: RunResult, { sabotage }: DemoOptions, { startedAt, output, screen }: { startedAt: number; output: string; screen: Screen },
): Promise<void> {
  clearOutput(output);
  await saveDataSet(result.project, result.lines, output);
  const near = relative(process.cwd(), output);
  const shown = (name: string) => join(near.startsWith('..') ? output : near, name);
  const dataSet = shown(DATA_SET_FOLDER);
  const data = await gatherReport(result, { startedAt, sabotage, dataSet });
  writeFileSync(join(output, REPORT_FILE), renderReport(data));
  const places = { dataSet, lines: result.lines.length, report: shown(REPORT_FILE) };
  screen.print(['', ...summary(result, places, screen.columns, screen.palette)].join('\n').trimEnd());
  screen.print('');
}

/** Until Ctrl-C, which ends the process. */
async function byHand(stage: Stage, stack: StackArtifact, options: ByHandOptions, screen: Screen): Promise<never> {
  screen.say('deploy', `a project for ${options.task}`);
  const run = await ByHandRun.start(stage, stack, options);
  await run.dropFirst();
  screen.print([
    '',
    `Console:        ${run.console.address}`,
    `Label by hand:  ${run.portal.address}`,
    '',
    'Everything goes on running until Ctrl-C.',
  ].join('\n'));
  return forever();
}

/** Until Ctrl-C, which ends the process. */
async function keep(stage: Stage, { project }: RunResult, screen: Screen): Promise<void> {
  const { endpoint, region, account } = stage.emulator.connection;
  project.start();
  screen.print([
    'Everything goes on running until Ctrl-C. Drop more images with:',
    `  AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=local \\`,
    `    aws --endpoint-url ${endpoint} --region ${region} \\`,
    `    s3 cp IMAGE.jpg s3://${project.resources.dropBucket}/`,
    `Jobs, tasks and bill: curl ${stage.simulatorEndpoint}/_simulator/jobs (tasks, bill)`,
  ].join('\n'));
  await forever();
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}

/** All temporary files of this run lie in one folder, which goes with the process, however it ends. */
function useTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

async function stop(stage: Stage | undefined, processes: Processes): Promise<void> {
  await stage?.stop();
  await processes.stopAll();
}

function troubles(stage: Stage | undefined): string {
  const log = stage?.log(20) ?? '';
  return log === '' ? '' : `\nThe end of the emulator's log:\n${log}\n`;
}

main().then(code => {
  process.exitCode = code;
}, (error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = EXIT.FAILED;
});
