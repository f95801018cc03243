import { scriptOf } from './generate';
import { play, withAnswer } from './run';
import { Script, Step } from './script';
import { DAY, HOUR, OPEN_QUESTIONS } from '../../src/local/simulator';

const neighbour = (what: number): Step => ({ do: 'neighbour', what, project: 0 });
const pass = (ms: number): Step => ({ do: 'pass', ms, project: 0 });

/** What only somebody else's job shows, because no project of ours does it. */
const HIS = ['arn-casing', 'empty-manifest', 'dollar-keys', 'dedup-manifest-topic', 'dedup-jobs', 'object-ids', 'expired-waiting'];

test.each(HIS)('the neighbour\'s jobs show what the answer is: %s', async (id) => {
  const question = OPEN_QUESTIONS.findIndex((asked) => asked.id === id);
  const { setup } = scriptOf(1, 0, true);
  const usual = { ...setup, answers: setup.answers.map(() => 0) };
  // a job for each of his manifests, then one more after that; what is sent to a job that begins is lost
  const deeds = [0, 1, 2, 2, 11, 2, 5].flatMap((what) => [neighbour(what), pass(HOUR)]);
  const script: Script = { setup: usual, steps: [...deeds, ...Array.from({ length: 8 }, () => pass(2 * DAY)), neighbour(2)] };
  const [one, other] = [await play(script, true), await play(withAnswer(script, question, 1), true)];
  expect([one.violation, other.violation]).toEqual([undefined, undefined]);
  expect(other.trace.steps).not.toEqual(one.trace.steps);
});
