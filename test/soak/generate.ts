import * as fc from 'fast-check';
import { Delivery, STREAMS } from './postman';
import { CALL_FAULTS, PlannedFault, Port } from './process';
import { CHANGES, Function, Script, Setup, Step } from './script';
import { CREATE_TROUBLES } from './service-door';
import { OPEN_QUESTIONS } from '../../src/local/simulator';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Steps of a history. The law is checked after each. Short ones are for `npm test`. */
const STEPS = { min: 64, max: 100 };
const STEPS_SHORT = { min: 16, max: 30 };

/** Answers under which little can happen at all: few such histories are enough. */
const RARE: { readonly [id: string]: fc.Arbitrary<number> | undefined } = {
  'new-account': fc.constantFrom(...Array.from({ length: 30 }, () => 0), 1, 2),
  'concurrent-jobs': fc.constantFrom(0, 0, 0, 0, 1),
};

/** Where counters are later than the settle time, only messages tell of a label before: the manifest is late as well. */
function blind(answer: number, question: number): number {
  return new Map([['manifest-finality', 2], ['message-shape', 0]]).get(OPEN_QUESTIONS[question].id) ?? answer;
}

const setup: fc.Arbitrary<Setup> = fc.record({
  workers: fc.constantFrom(1 as const, 1 as const, 3 as const),
  window: fc.integer({ min: 1, max: 8 }),
  availability: fc.constantFrom(2, 5, 30),
  other: fc.constantFrom('none' as const, 'none' as const, 'contains' as const, 'twin' as const),
  indexLag: fc.constantFrom(0, 0, 1, 4),
  answers: fc.tuple(...OPEN_QUESTIONS.map(({ id, answers }) => RARE[id] ?? fc.constantFrom(...answers.keys()))),
  lateCounters: fc.constantFrom(...Array.from({ length: 14 }, () => false), true),
  restores: fc.constantFrom(true, true, false),
  hold: fc.constantFrom(undefined, undefined, 0, 2, 4, 4),
  releases: fc.boolean(),
  instructions: fc.constantFrom('NEXT_JOB' as const, 'ROLL_NOW' as const),
  seed: fc.nat(1_000_000),
}).map((given) => given.lateCounters ? { ...given, answers: given.answers.map(blind) } : given);

const who: fc.Arbitrary<Function> = fc.constantFrom('intake', 'recorder', 'recorder', 'recorder', 'controller', 'controller');

/** How many calls a run makes, about, by port: faults beyond would strike nothing. */
const CALLS: { readonly [name in Function]: { readonly [port in Port]?: number } } = {
  intake: { table: 14, objects: 6, waker: 1 },
  recorder: { table: 4, bus: 1, waker: 1 },
  controller: { table: 45, objects: 5, topic: 2, jobs: 2, queues: 3, bus: 1 },
};

/** Deaths are as often as both other faults together, although they are counted for each function. */
const DEATHS = ['dies-before', 'dies-after'] as const;

function faultOf(name: Function): fc.Arbitrary<PlannedFault> {
  const ports = Object.keys(CALLS[name]) as Port[];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('table' as Port) },
    { weight: 2, arbitrary: fc.constantFrom(...ports) },
  ).chain((port) => fc.record({
    port: fc.constant(port), nth: fc.nat(CALLS[name][port]! - 1), kind: fc.constantFrom(...CALL_FAULTS, ...DEATHS),
  }));
}

const fault = faultOf('controller');

const skew = fc.constantFrom(0, 0, 0, 0, 0, -20 * SECOND, 20 * SECOND, 7 * SECOND);

const delay = fc.constantFrom(0, 0, 20 * SECOND, 3 * MINUTE, 40 * MINUTE, 9 * HOUR);
const delivery: fc.Arbitrary<Delivery> = fc.array(delay, { minLength: 0, maxLength: 5, size: 'max' });

const key = fc.nat(4);
const content = fc.nat(21);
const image = fc.nat(30);

type Deed = Step extends infer S ? S extends Step ? Omit<S, 'project'> : never : never;

const weighted = (weight: number, arbitrary: fc.Arbitrary<Deed>): fc.WeightedArbitrary<Deed> => ({ weight, arbitrary });

const work: fc.Arbitrary<Deed> = fc.tuple(who, skew, fc.boolean()).chain(([name, off]) => fc.record({
  do: fc.constant('work' as const), who: fc.constant(name), fault: fc.option(faultOf(name), { nil: undefined, freq: 6 }), skew: fc.constant(off),
}));

const deed: fc.Arbitrary<Deed> = fc.oneof(
  weighted(154, fc.record({ do: fc.constant('drop' as const), key, content })),
  weighted(24, fc.record({ do: fc.constant('drop-again' as const), which: fc.nat(50) })),
  weighted(34, fc.record({
    do: fc.constant('drop-near' as const), key, which: fc.nat(50), bits: fc.constantFrom(1, 1, 2, 2, 3, 4, 5), together: fc.boolean(),
  })),
  weighted(46, fc.record({ do: fc.constant('release' as const), which: fc.nat(20), all: fc.constantFrom(true, false, false) })),
  weighted(26, fc.record({ do: fc.constant('drop-bad' as const), key })),
  weighted(24, fc.record({ do: fc.constant('withdraw' as const), key })),
  weighted(25, fc.record({ do: fc.constant('drop-crash' as const), key })),
  weighted(24, fc.record({ do: fc.constant('overwrite' as const), key, content, calls: fc.nat(24) })),
  weighted(335, work),
  weighted(40, fc.constant({ do: 'round' as const })),
  weighted(40, fc.record({ do: fc.constant('together' as const), seed: fc.nat(0xffff), skew, fault: fc.option(fault, { nil: undefined, freq: 2 }) })),
  weighted(50, fc.record({ do: fc.constant('begin' as const), who, calls: fc.nat(12), late: fc.boolean() })),
  weighted(20, fc.constant({ do: 'go-on' as const })),
  weighted(70, fc.record({ do: fc.constant('label' as const), count: fc.integer({ min: 1, max: 6 }), answers: fc.integer({ min: 1, max: 3 }) })),
  weighted(30, fc.record({ do: fc.constant('late-label' as const), delay: fc.constantFrom(40 * MINUTE, 3 * HOUR, 9 * HOUR) })),
  weighted(30, fc.record({ do: fc.constant('decline' as const), count: fc.integer({ min: 1, max: 2 }) })),
  weighted(60, fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(20 * SECOND, MINUTE, 3 * MINUTE, 16 * MINUTE, 35 * MINUTE, 3 * HOUR, 26 * HOUR) })),
  weighted(20, fc.constant({ do: 'idle' as const })),
  weighted(26, fc.constant({ do: 'lost-offers' as const })),
  weighted(20, fc.constant({ do: 'slow-feed' as const })),
  weighted(84, fc.record({ do: fc.constant('expire' as const), trouble: fc.option(fc.constantFrom(...CREATE_TROUBLES), { nil: undefined, freq: 3 }) })),
  weighted(5, fc.constant({ do: 'fail' as const })),
  weighted(26, fc.record({ do: fc.constant('stop-by-hand' as const), running: fc.constantFrom(true, true, true, false) })),
  weighted(90, fc.record({ do: fc.constant('command' as const), name: fc.constantFrom('pause' as const, 'drain' as const, 'roll' as const, 'export' as const) })),
  weighted(10, fc.record({ do: fc.constant('command' as const), name: fc.constant('resume' as const) })),
  weighted(22, fc.record({ do: fc.constant('requeue' as const), all: fc.constantFrom('quarantined' as const, 'quarantined' as const, 'held' as const) })),
  weighted(100, fc.record({ do: fc.constant('create-trouble' as const), trouble: fc.constantFrom(...CREATE_TROUBLES) })),
  weighted(14, fc.record({ do: fc.constant('throttle' as const), calls: fc.integer({ min: 1, max: 3 }) })),
  weighted(24, fc.record({ do: fc.constant('delete-image' as const), image })),
  weighted(24, fc.record({ do: fc.constant('poison' as const), image, heals: fc.boolean() })),
  weighted(30, fc.constant({ do: 'cors' as const })),
  weighted(86, fc.record({ do: fc.constant('deploy' as const), change: fc.constantFrom(...CHANGES), value: fc.nat(7) })),
  weighted(24, fc.constant({ do: 'teardown' as const })),
  weighted(90, fc.record({ do: fc.constant('mail' as const), stream: fc.constantFrom(...STREAMS), deliveries: fc.array(delivery, { minLength: 1, maxLength: 4, size: 'max' }) })),
  weighted(30, fc.record({ do: fc.constant('stranger' as const), what: fc.nat(2) })),
  weighted(68, fc.record({ do: fc.constant('neighbour' as const), what: fc.nat(11) })),
);

const step: fc.Arbitrary<Step> = fc.tuple(deed, fc.nat(99)).map(([what, which]) => ({ ...what, project: which < 35 ? 1 : 0 }) as Step);

const scripts = ({ min, max }: typeof STEPS): fc.Arbitrary<Script> => fc.record({
  setup, steps: fc.array(step, { minLength: min, maxLength: max, size: 'max' }),
});

const LONG = scripts(STEPS);
const SHORT = scripts(STEPS_SHORT);

/** The history of a seed and a path: the same one wherever and whenever it is made. */
export function scriptOf(seed: number, path: number, short = false): Script {
  const mixed = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(path + 1, 0x85ebca6b);
  return fc.sample(short ? SHORT : LONG, { seed: mixed, numRuns: 1 })[0];
}
