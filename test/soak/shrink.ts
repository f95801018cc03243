import { Violation } from './history';
import { play } from './run';
import { Script, Step } from './script';

/** A script that breaks a promise, with what it breaks. */
export interface Broken {
  readonly script: Script;
  readonly violation: Violation;
}

/** Plays that shrinking may take. */
const PLAYS_MAX = 400;

/** What is broken, whichever image or job it is about: shrinking must not end at something else. */
export function kindOf({ problems }: Violation): string {
  return problems[0].replace(/s3:\S+|"[^"]*"|\d+|cam\/\S+/g, '').slice(0, 60);
}

/** The same step with less trouble in it. */
function simpler(step: Step): Step[] {
  switch (step.do) {
    case 'work': return [{ ...step, fault: undefined, skew: 0 }, { ...step, skew: 0 }];
    case 'together': return [{ ...step, fault: undefined, skew: 0 }, { ...step, skew: 0 }];
    case 'mail': return step.deliveries.length > 1 ? [{ ...step, deliveries: step.deliveries.slice(0, 1) }] : [];
    case 'drop-near': return step.together ? [{ ...step, together: false }] : [];
    case 'expire': return step.trouble ? [{ ...step, trouble: undefined }] : [];
    default: return [];
  }
}

/**
 * The shortest script that can be found and still breaks a promise: first whole stretches of steps are left out, then single
 * ones, then what is wrong within them, then the circumstances.
 */
export async function shrink(broken: Broken): Promise<Broken> {
  let best = broken;
  let plays = 0;
  const kind = kindOf(broken.violation);
  const breaks = async (script: Script): Promise<boolean> => {
    if (plays >= PLAYS_MAX) {
      return false;
    }
    plays += 1;
    const { violation } = await play(script);
    const isIt = violation !== undefined && kindOf(violation) === kind;
    if (isIt) {
      best = { script, violation };
    }
    return isIt;
  };
  const without = (from: number, count: number): Script => {
    const { setup, steps } = best.script;
    return { setup, steps: [...steps.slice(0, from), ...steps.slice(from + count)] };
  };
  if (typeof best.violation.step === 'number') {
    await breaks(without(best.violation.step + 1, Infinity));
  }
  for (let size = Math.ceil(best.script.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = best.script.steps.length - size; from > -size; from -= size) {
      await breaks(without(Math.max(0, from), size));
    }
  }
  for (let index = 0; index < best.script.steps.length; index += 1) {
    for (const step of simpler(best.script.steps[index])) {
      const { setup, steps } = best.script;
      if (await breaks({ setup, steps: steps.map((given, at) => at === index ? step : given) })) {
        break;
      }
    }
  }
  const plain = { indexLag: 0, other: 'none', lateCounters: false, workers: 1, instructions: 'NEXT_JOB', hold: undefined } as const;
  for (const [name, value] of Object.entries(plain)) {
    const { setup, steps } = best.script;
    if (setup[name as keyof typeof plain] !== value) {
      await breaks({ setup: { ...setup, [name]: value }, steps });
    }
  }
  for (let question = 0; question < best.script.setup.answers.length; question += 1) {
    const { setup, steps } = best.script;
    if (setup.answers[question] !== 0) {
      await breaks({ setup: { ...setup, answers: setup.answers.map((answer, index) => index === question ? 0 : answer) }, steps });
    }
  }
  return best;
}
