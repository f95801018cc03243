import * as fc from 'fast-check';
import { Delivery, STREAMS } from './postman';
import { CALL_FAULTS, PORTS, PlannedFault, Port } from './process';
import { CHANGES, Function, Script, Setup, Step } from './script';
import { CREATE_TROUBLES } from './service-door';
import { OPEN_QUESTIONS } from '../../src/local/simulator';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Steps of a history. The law is checked after each. */
const STEPS = { min: 64, max: 100 };

const setup: fc.Arbitrary<Setup> = fc.record({
  workers: fc.constantFrom(1 as const, 1 as const, 3 as const),
  window: fc.integer({ min: 1, max: 8 }),
  availability: fc.constantFrom(2, 5, 30),
  other: fc.constantFrom('none' as const, 'none' as const, 'contains' as const, 'twin' as const),
  indexLag: fc.constantFrom(0, 0, 1, 4),
  answers: fc.tuple(...OPEN_QUESTIONS.map(({ id, answers }) => id === 'new-account'
    // An account that is not enabled never gets a job: few such histories are enough.
    ? fc.constantFrom(...Array.from({ length: 30 }, () => 0), 1, 2)
    : fc.nat(answers.length - 1))),
  lateCounters: fc.constantFrom(...Array.from({ length: 29 }, () => false), true),
  instructions: fc.constantFrom('NEXT_JOB' as const, 'ROLL_NOW' as const),
  seed: fc.nat(1_000_000),
});

const who: fc.Arbitrary<Function> = fc.constantFrom('intake', 'recorder', 'controller', 'controller');

/** How many calls of a port a run makes, about: faults beyond would strike nothing. */
const CALLS: { readonly [port in Port]: number } = { table: 40, objects: 8, topic: 2, jobs: 3, queues: 3, bus: 2, waker: 1 };

const fault: fc.Arbitrary<PlannedFault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('table' as Port) },
  { weight: 4, arbitrary: fc.constantFrom(...PORTS) },
).chain((port) => fc.record({ port: fc.constant(port), nth: fc.nat(CALLS[port] - 1), kind: fc.constantFrom(...CALL_FAULTS) }));

const skew = fc.constantFrom(0, 0, 0, 0, 0, -20 * SECOND, 20 * SECOND, 7 * SECOND);

const delay = fc.constantFrom(0, 0, 20 * SECOND, 3 * MINUTE, 40 * MINUTE, 9 * HOUR);
const delivery: fc.Arbitrary<Delivery> = fc.array(delay, { minLength: 0, maxLength: 5, size: 'max' });

const key = fc.nat(4);
const content = fc.nat(23);
const image = fc.nat(30);

type Deed = Step extends infer S ? S extends Step ? Omit<S, 'project'> : never : never;

const weighted = (weight: number, arbitrary: fc.Arbitrary<Deed>): fc.WeightedArbitrary<Deed> => ({ weight, arbitrary });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  weighted(150, fc.record({ do: fc.constant('drop' as const), key, content })),
  weighted(18, fc.record({ do: fc.constantFrom('drop-bad' as const, 'withdraw' as const), key })),
  weighted(14, fc.record({ do: fc.constant('drop-crash' as const), key })),
  weighted(22, fc.record({ do: fc.constant('overwrite' as const), key, content, calls: fc.nat(24) })),
  weighted(220, fc.record({ do: fc.constant('work' as const), who, fault: fc.option(fault, { nil: undefined, freq: 5 }), skew })),
  weighted(60, fc.constant({ do: 'round' as const })),
  weighted(60, fc.record({ do: fc.constant('together' as const), seed: fc.nat(0xffff), skew, fault: fc.option(fault, { nil: undefined, freq: 2 }) })),
  weighted(35, fc.record({ do: fc.constant('begin' as const), who, calls: fc.nat(30) })),
  weighted(25, fc.constant({ do: 'go-on' as const })),
  weighted(100, fc.record({ do: fc.constant('label' as const), count: fc.integer({ min: 1, max: 6 }), answers: fc.integer({ min: 1, max: 3 }) })),
  weighted(22, fc.record({ do: fc.constant('decline' as const), count: fc.integer({ min: 1, max: 2 }) })),
  weighted(90, fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(20 * SECOND, MINUTE, 3 * MINUTE, 16 * MINUTE, 35 * MINUTE, 3 * HOUR, 26 * HOUR) })),
  weighted(22, fc.constant({ do: 'idle' as const })),
  weighted(55, fc.record({ do: fc.constant('expire' as const), trouble: fc.option(fc.constantFrom(...CREATE_TROUBLES), { nil: undefined, freq: 3 }) })),
  weighted(16, fc.constant({ do: 'fail' as const })),
  weighted(18, fc.constant({ do: 'stop-by-hand' as const })),
  weighted(88, fc.record({ do: fc.constant('command' as const), name: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const, 'drain' as const, 'roll' as const, 'export' as const) })),
  weighted(22, fc.record({ do: fc.constant('requeue' as const), all: fc.constantFrom('quarantined' as const, 'quarantined' as const, 'held' as const) })),
  weighted(70, fc.record({ do: fc.constant('create-trouble' as const), trouble: fc.constantFrom(...CREATE_TROUBLES) })),
  weighted(14, fc.record({ do: fc.constant('throttle' as const), calls: fc.integer({ min: 1, max: 3 }) })),
  weighted(20, fc.record({ do: fc.constant('delete-image' as const), image })),
  weighted(20, fc.record({ do: fc.constant('poison' as const), image, heals: fc.boolean() })),
  weighted(20, fc.constant({ do: 'cors' as const })),
  weighted(55, fc.record({ do: fc.constant('deploy' as const), change: fc.constantFrom(...CHANGES), value: fc.nat(7) })),
  weighted(22, fc.constant({ do: 'teardown' as const })),
  weighted(110, fc.record({ do: fc.constant('mail' as const), stream: fc.constantFrom(...STREAMS), deliveries: fc.array(delivery, { minLength: 1, maxLength: 4, size: 'max' }) })),
  weighted(20, fc.record({ do: fc.constant('stranger' as const), what: fc.nat(2) })),
  weighted(30, fc.record({ do: fc.constant('neighbour' as const), what: fc.nat(11) })),
);

const step: fc.Arbitrary<Step> = fc.tuple(deed, fc.nat(99)).map(([what, which]) => ({ ...what, project: which < 35 ? 1 : 0 }) as Step);

const scripts: fc.Arbitrary<Script> = fc.record({
  setup, steps: fc.array(step, { minLength: STEPS.min, maxLength: STEPS.max, size: 'max' }),
});

/** The history of a seed and a path: the same one wherever and whenever it is made. */
export function scriptOf(seed: number, path: number): Script {
  const mixed = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(path + 1, 0x85ebca6b);
  return fc.sample(scripts, { seed: mixed, numRuns: 1 })[0];
}
