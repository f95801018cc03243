import { scriptOf } from './generate';
import { History, Violation } from './history';
import { quiet } from './quiet';
import { Script } from './script';
import { Counted, Tally, nothingCounted } from './tally';
import { Trace } from './trace';
import { OPEN_QUESTIONS } from '../../src/local/simulator';

/** What came of one history. */
export interface Outcome {
  readonly violation?: Violation;
  readonly trace: Trace;
  readonly counted: Counted;
}

/**
 * Plays a script to its end, or to the first violation.
 *
 * @param isCompared Whether its trace is wanted.
 */
export async function play(script: Script, isCompared = false): Promise<Outcome> {
  const tally = new Tally();
  const { counted } = tally;
  const history = await History.begin(script.setup, tally, new Trace(isCompared));
  let violation: Violation | undefined;
  try {
    for (const step of script.steps) {
      await history.take(step);
    }
    await quiet(history);
  } catch (error) {
    if (!(error instanceof Violation)) {
      throw error;
    }
    violation = error;
  }
  const { trace, projects } = history;
  history.simulator.bill().forEach((entry) => trace.note('bill', () => entry));
  projects.forEach((project) => trace.note('data set', () => project.dataSet()));
  trace.endStep();
  counted.histories = 1;
  counted.steps = script.steps.length;
  counted.lengths.push(script.steps.length);
  counted.drops.push(projects.reduce((sum, project) => sum + project.versions.length, 0));
  counted.images.push(projects.reduce((sum, project) => sum + project.watch.images.size, 0));
  return { violation, trace, counted };
}

/** The same script with another answer to one question. */
export function withAnswer(script: Script, question: number, answer: number): Script {
  const answers = script.setup.answers.map((given, index) => index === question ? answer : given);
  return { ...script, setup: { ...script.setup, answers } };
}

/** Name of an answer in tallies. */
export function answerName(question: number, answer: number): string {
  return `${OPEN_QUESTIONS[question].id}: ${OPEN_QUESTIONS[question].answers[answer].means}`;
}

/** Replays of each answer that are enough to show that it makes a difference. */
const REPLAYS_CHANGED = 2;

/** One history with all that is counted of it; of the answers to one question it is also seen whether another changes anything. */
export class Historian {
  public readonly tally = new Tally();
  private asked = 0;

  /** @param compare Whether to replay histories with another answer to an open question. */
  public constructor(private readonly seed: number, private readonly compare: boolean, private readonly short: boolean) {}

  public async tell(path: number): Promise<{ readonly script: Script; readonly violation?: Violation }> {
    const script = scriptOf(this.seed, path, this.short);
    const due = this.compare ? this.due(script) : undefined;
    const outcome = await play(script, due !== undefined);
    this.tally.add(outcome.counted);
    OPEN_QUESTIONS.forEach(({ answers }, question) => {
      this.tally.answerOf(answerName(question, script.setup.answers[question] % answers.length)).given += 1;
    });
    if (!due || outcome.violation) {
      return { script, violation: outcome.violation };
    }
    const replayed = withAnswer(script, due.question, due.answer);
    const other = await play(replayed, true);
    const counted = this.tally.answerOf(answerName(due.question, due.answer));
    counted.replayed += 1;
    counted.changed += isSame(outcome.trace, other.trace) ? 0 : 1;
    return other.violation ? { script: replayed, violation: other.violation } : { script };
  }

  /** Another answer to the question whose turn it is, as long as not every answer has made its difference. */
  private due(script: Script): { readonly question: number; readonly answer: number } | undefined {
    for (let tried = 0; tried < OPEN_QUESTIONS.length; tried += 1) {
      const question = this.asked++ % OPEN_QUESTIONS.length;
      const { answers } = OPEN_QUESTIONS[question];
      const given = script.setup.answers[question] % answers.length;
      const answer = answers.findIndex((_, index) =>
        index !== given && this.tally.answerOf(answerName(question, index)).changed < REPLAYS_CHANGED);
      if (answer >= 0) {
        return { question, answer };
      }
    }
    return undefined;
  }
}

function isSame(one: Trace, other: Trace): boolean {
  return one.steps.length === other.steps.length && one.steps.every((hash, index) => hash === other.steps[index]);
}

export { nothingCounted };
