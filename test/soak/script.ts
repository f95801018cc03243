import { Delivery, Stream } from './postman';
import { PlannedFault } from './process';
import { CreateTrouble } from './service-door';
import { OPEN_QUESTIONS } from '../../src/local/simulator';

/** Under which circumstances a history takes place. */
export interface Setup {
  readonly workers: 1 | 3;
  readonly window: number;
  /** How long a task is offered, in hours. */
  readonly availability: number;
  /** Another project in the account: one whose name contains this one's, or another stack of the same name. */
  readonly other: 'none' | 'contains' | 'twin';
  /** How many writes the ledger's index lags behind. */
  readonly indexLag: number;
  /** The answer to each open question, by its place in the table. */
  readonly answers: readonly number[];
  /** Counters that are later than the settle time: the one named assumption of the product is broken. */
  readonly lateCounters: boolean;
  /** Whether an operator puts images back in the end that somebody deleted. */
  readonly restores: boolean;
  /** Within how many bits near duplicates are held, in the beginning. */
  readonly hold?: number;
  /** Whether an operator lets workers have in the end what is held for how it looks. */
  readonly releases: boolean;
  readonly instructions: 'NEXT_JOB' | 'ROLL_NOW';
  readonly seed: number;
}

export type Function = 'intake' | 'recorder' | 'controller';

export const CHANGES = [
  'window', 'workers', 'title', 'instructions', 'new-label', 'day-limit', 'total-limit', 'concurrency', 'label-removed', 'label-attribute', 'name',
  'hold',
] as const;
export type Change = typeof CHANGES[number];

export type Step = { readonly project: number } & (
  | { readonly do: 'drop'; readonly key: number; readonly content: number }
  | { readonly do: 'drop-again'; readonly which: number }
  | { readonly do: 'drop-near'; readonly key: number; readonly which: number; readonly bits: number; readonly together: boolean }
  | { readonly do: 'release'; readonly which: number; readonly all: boolean }
  | { readonly do: 'drop-bad' | 'drop-crash' | 'withdraw'; readonly key: number }
  | { readonly do: 'overwrite'; readonly key: number; readonly content: number; readonly calls: number }
  | { readonly do: 'work'; readonly who: Function; readonly fault?: PlannedFault; readonly skew: number }
  | { readonly do: 'round' | 'idle' | 'slow-feed' | 'lost-offers' | 'fail' | 'teardown' | 'go-on' | 'cors' }
  | { readonly do: 'stop-by-hand'; readonly running: boolean }
  | { readonly do: 'expire'; readonly trouble?: CreateTrouble }
  | { readonly do: 'create-trouble'; readonly trouble: CreateTrouble }
  | { readonly do: 'throttle'; readonly calls: number }
  | { readonly do: 'together'; readonly seed: number; readonly skew: number; readonly fault?: PlannedFault }
  | { readonly do: 'begin'; readonly who: Function; readonly calls: number; readonly late: boolean }
  | { readonly do: 'label'; readonly count: number; readonly answers: number }
  | { readonly do: 'late-label'; readonly delay: number }
  | { readonly do: 'decline'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'command'; readonly name: 'pause' | 'resume' | 'drain' | 'roll' | 'export' }
  | { readonly do: 'requeue'; readonly all: 'quarantined' | 'held' }
  | { readonly do: 'delete-image'; readonly image: number }
  | { readonly do: 'poison'; readonly image: number; readonly heals: boolean }
  | { readonly do: 'deploy'; readonly change: Change; readonly value: number }
  | { readonly do: 'mail'; readonly stream: Stream; readonly deliveries: readonly Delivery[] }
  | { readonly do: 'stranger' | 'neighbour'; readonly what: number }
);

export interface Script {
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

export const keyOf = (key: number): string => `cam/${key}${key % 2 === 1 ? ' +%ü' : ''}.jpg`;
export const bytesOf = (content: number): string => `content ${content}`;

/** Other bytes of what looks nearly as other bytes do: so many bits of its looks are others. */
export const nearBytesOf = (bytes: string, bits: number): string => `${bytes.split(',')[0]}, ${bits} bits off`;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function duration(ms: number): string {
  const unit = ([[DAY, 'day'], [HOUR, 'hour'], [MINUTE, 'minute'], [SECOND, 'second']] as const).find(([length]) => ms >= length) ?? [1, 'millisecond'];
  const count = Math.round((ms / unit[0]) * 10) / 10;
  return `${count} ${unit[1]}${count === 1 ? '' : 's'}`;
}

function faultWords({ port, nth, kind }: PlannedFault): string {
  const how = { 'fails': 'fails before its effect', 'answer-lost': 'is done and its answer lost', 'dies-before': 'is never made: the process dies', 'dies-after': 'is the last: the process dies' };
  return `its call ${nth + 1} of the ${port} ${how[kind]}`;
}

function deliveryWords(delays: Delivery): string {
  return delays.length === 0 ? 'lost' : delays.map((delay) => delay === 0 ? 'at once' : `after ${duration(delay)}`).join(' and ');
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function deedWords(step: Step): string {
  switch (step.do) {
    case 'drop': return `content ${step.content} is dropped as ${keyOf(step.key)}`;
    case 'drop-again': return `drop ${step.which} comes again as it was`;
    case 'drop-near': return step.together
      ? `two that look the same but for ${plural(step.bits, 'bit')} are dropped as ${keyOf(step.key)}, the second while intake hangs after it compared the first`
      : `something that looks like drop ${step.which}, but for ${plural(step.bits, 'bit')}, is dropped as ${keyOf(step.key)}`;
    case 'release': return step.all ? 'an operator lets workers have all near duplicates' : `an operator lets workers have near duplicate ${step.which}`;
    case 'drop-bad': return `something that is no image is dropped as ${keyOf(step.key)}`;
    case 'drop-crash': return `something that kills its decoder is dropped as ${keyOf(step.key)}`;
    case 'withdraw': return `${keyOf(step.key)} is deleted from the inbox`;
    case 'overwrite': return `${keyOf(step.key)} is overwritten by content ${step.content} while intake works, after ${plural(step.calls, 'call')}`;
    case 'work': return `${step.who} runs${step.skew === 0 ? '' : `, its clock ${step.skew / SECOND} s off`}${step.fault ? `; ${faultWords(step.fault)}` : ''}`;
    case 'round': return 'intake, recorder and controller run';
    case 'idle': return 'all is labeled, then 16 days pass';
    case 'slow-feed': return 'an image is dropped, and the controller hangs for a minute after it published; workers label what they get';
    case 'lost-offers': return 'an image is dropped, and what is published to the job gets lost for most of an hour';
    case 'fail': return 'the job fails';
    case 'stop-by-hand': return `somebody stops the ${step.running ? 'running' : 'newest'} job in the console`;
    case 'teardown': return 'the stack is deleted';
    case 'go-on': return 'what hung goes on';
    case 'cors': return 'the input bucket loses its CORS rules, or gets them back';
    case 'expire': return `the job reaches its maximum age${step.trouble ? `; the next create meets ${step.trouble}` : ''}`;
    case 'create-trouble': return `the next create meets ${step.trouble}`;
    case 'throttle': return `the next ${plural(step.calls, 'call')} of the labeling service are throttled`;
    case 'together': return `two controllers, intake and recorder run at once (order ${step.seed}${step.skew === 0 ? '' : `, clocks ${step.skew / SECOND} s apart`})${step.fault ? `; in the first ${faultWords(step.fault)}` : ''}`;
    case 'begin': return `${step.who} runs and hangs after ${plural(step.calls, 'call')}${step.late ? ', for 6 minutes' : ''}`;
    case 'label': return `workers give ${plural(step.answers, 'answer')} to each of ${plural(step.count, 'task')}`;
    case 'late-label': return `an image is labeled and its message comes ${duration(step.delay)} late; meanwhile the job fails`;
    case 'decline': return `workers decline ${plural(step.count, 'task')}`;
    case 'pass': return `${duration(step.ms)} pass`;
    case 'command': return `an operator orders: ${step.name}`;
    case 'requeue': return `an operator orders all that is ${step.all} again`;
    case 'delete-image': return `image ${step.image} is deleted from the input bucket`;
    case 'poison': return `image ${step.image} cannot be labeled any more${step.heals ? ', for now' : ''}`;
    case 'deploy': return `a deploy changes ${step.change} (${step.value})`;
    case 'mail': return `of the stream of ${step.stream} the next messages come: ${step.deliveries.map(deliveryWords).join('; ')}`;
    case 'stranger': return `a stranger publishes to the input topic (${step.what})`;
    case 'neighbour': return `somebody else in the account works with Ground Truth (${step.what})`;
  }
}

/** A step in words. */
export function stepWords(step: Step): string {
  return step.project === 0 ? deedWords(step) : `in the other project: ${deedWords(step)}`;
}

/** The circumstances in words; of the open questions only those whose answer is not the default. */
export function setupWords(setup: Setup): string[] {
  return [
    `${plural(setup.workers, 'worker')} for each image, window ${setup.window}, tasks offered for ${plural(setup.availability, 'hour')}, `
    + `index ${plural(setup.indexLag, 'write')} late, instructions ${setup.instructions}, order ${setup.seed}`,
    ...(setup.other === 'none' ? [] : [setup.other === 'twin' ? 'another stack with the same project name' : 'another project whose name contains this one\'s']),
    ...(setup.hold === undefined ? [] : [`near duplicates within ${plural(setup.hold, 'bit')} are held`]),
    ...(setup.releases ? ['an operator lets workers have near duplicates in the end'] : []),
    ...(setup.restores ? ['an operator puts deleted images back'] : []),
    ...(setup.lateCounters ? ['counters later than the settle time'] : []),
    ...OPEN_QUESTIONS.flatMap(({ question, answers }, index) => {
      const chosen = setup.answers[index] % answers.length;
      return chosen === 0 ? [] : [`${question} ${answers[chosen].means}`];
    }),
  ];
}
