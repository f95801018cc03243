import { rowsTaken } from './rows';
import { answerName } from './run';
import { setupWords, stepWords } from './script';
import { CREATE_TROUBLES } from './service-door';
import { Broken } from './shrink';
import { Counted } from './tally';
import { OPEN_QUESTIONS } from '../../src/local/simulator';

/** Every kind of fault that histories inject. */
export const FAULT_KINDS = [
  'drop-of-the-same-content-again', 'drop-of-new-content-under-the-same-name', 'drop-of-the-same-content-under-another-name',
  'drop-that-gives-several-images', 'drop-of-a-near-duplicate',
  'drop-overwritten-while-it-is-processed', 'drop-deleted-before-it-is-read', 'drop-that-is-no-image', 'drop-that-kills-its-decoder',
  'intake-dies', 'recorder-dies', 'controller-dies', 'process-hangs-in-the-middle', 'process-times-out', 'call-fails', 'call-answer-lost',
  'two-controllers-at-once', 'clock-skew',
  'message-lost', 'message-doubled', 'message-late', 'label-after-the-end-of-its-job',
  ...CREATE_TROUBLES, 'describe-throttled',
  'job-expires-as-Completed', 'job-expires-as-Failed', 'job-expires-as-Stopped', 'job-fails', 'job-stopped-by-hand', 'job-stops-because-it-is-idle',
  'task-declined', 'task-expires', 'image-deleted-from-the-input-bucket', 'image-that-cannot-be-labeled', 'input-bucket-without-CORS',
  'order-pause', 'order-resume', 'order-drain', 'order-roll', 'order-export', 'order-requeue', 'order-release',
  'deploy-in-mid-flight', 'deploy-that-is-refused', 'teardown', 'deploy-after-teardown',
  'stranger-publishes-to-the-input-topic', 'neighbour-takes-a-job', 'neighbour-sends-images',
  'step-of-a-project-with-a-containing-name', 'step-of-a-stack-with-the-same-name',
] as const;

/** What the histories of a run must come to. */
const STEPS_MEDIAN = 60;
const IMAGES_MEDIAN = 8;
const FAULT_SHARE = 0.01;
const ROW_TAKEN = 1_000;
/** Below so many histories the rows and answers are told and not demanded: chance decides too much. */
export const DEMANDING_FROM = 1_000;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)];
}

const padded = (text: string | number, width: number): string => String(text).padStart(width);

/** What a run did, as tables. */
export function tables(counted: Counted): string[] {
  const { faults, details, decisions, answers, steps } = counted;
  const rows = rowsTaken(decisions);
  return [
    'fault injected                                        times   % of steps',
    ...FAULT_KINDS.map((kind) => `  ${kind.padEnd(48)}${padded(faults[kind] ?? 0, 9)}${padded((100 * (faults[kind] ?? 0) / Math.max(1, steps)).toFixed(2), 13)}`),
    '',
    'faults by port and stream                             times',
    ...Object.entries(details).sort(([a], [b]) => a < b ? -1 : 1).map(([kind, count]) => `  ${kind.padEnd(48)}${padded(count, 9)}`),
    '',
    'row of the decision table                                            taken',
    ...rows.map(({ row, taken }) => `  ${row.padEnd(62)}${padded(taken, 10)}`),
    '',
    'decision                          taken',
    ...Object.entries(decisions).sort(([a], [b]) => a < b ? -1 : 1).map(([name, count]) => `  ${name.padEnd(28)}${padded(count, 9)}`),
    '',
    'answer to an open question                                                              given  replayed   changed',
    ...OPEN_QUESTIONS.flatMap(({ answers: possible }, question) => possible.map((_, answer) => {
      const name = answerName(question, answer);
      const { given, replayed, changed } = answers[name] ?? { given: 0, replayed: 0, changed: 0 };
      return `  ${name.padEnd(82)}${padded(given, 10)}${padded(replayed, 10)}${padded(changed, 10)}`;
    })),
    '',
    `median history: ${median(counted.lengths)} steps, ${median(counted.drops)} drops, ${median(counted.images)} images`,
  ];
}

/**
 * Why the histories prove less than they must.
 *
 * @param compared whether histories were replayed with other answers to open questions
 */
export function shortcomings(counted: Counted, compared: boolean): string[] {
  const { faults, steps } = counted;
  const isSmall = counted.histories < DEMANDING_FROM;
  const rare = isSmall ? [] : FAULT_KINDS.filter((kind) => (faults[kind] ?? 0) < steps * FAULT_SHARE);
  return [
    ...(median(counted.lengths) < STEPS_MEDIAN ? [`the median history has ${median(counted.lengths)} steps, ${STEPS_MEDIAN} are wanted`] : []),
    ...(median(counted.images) < IMAGES_MEDIAN ? [`the median history has ${median(counted.images)} images, ${IMAGES_MEDIAN} are wanted`] : []),
    ...rare.map((kind) => `${kind} was injected ${faults[kind] ?? 0} times, which is less than 1 % of ${steps} steps`),
    ...(isSmall ? [] : rowsTaken(counted.decisions).filter(({ taken }) => taken < ROW_TAKEN)
      .map(({ row, taken }) => `the row "${row}" was taken ${taken} times, ${ROW_TAKEN} are wanted`)),
    ...(isSmall || !compared ? [] : questionShortcomings(counted)),
  ];
}

/** Of each question each answer must have been given, and a change between two answers must have been seen. */
function questionShortcomings({ answers }: Counted): string[] {
  return OPEN_QUESTIONS.flatMap(({ answers: possible }, question) => possible.flatMap((_, answer) => {
    const name = answerName(question, answer);
    const { given = 0, changed = 0 } = answers[name] ?? {};
    return given > 0 && changed > 0 ? [] : [`the answer "${name}" was given ${given} times and changed ${changed} traces`];
  }));
}

/** Which history it is. */
interface Told {
  readonly seed: number;
  readonly path: number;
  readonly short?: boolean;
}

/** A failing history, short, with the command that replays it. */
export function brokenWords({ script, violation }: Broken, { seed, path, short }: Told): string[] {
  return [
    'VIOLATION',
    ...violation.problems.map((problem) => `  ${problem}`),
    'Circumstances:',
    ...setupWords(script.setup).map((line) => `  ${line}`),
    'Script:',
    ...script.steps.map((step, index) => `  ${padded(index + 1, 3)}. ${stepWords(step)}`),
    ...(violation.step === 'quiet' ? ['  then it is quiet'] : []),
    `seed ${seed}, path ${path}. Again: npm run soak -- --seed ${seed} --path ${path}${short ? ' --short' : ''}`,
  ];
}
