import { createHash } from 'crypto';
import { Operation } from './operation';

/**
 * What can happen to a request:
 *
 * - `throttle`: refused, in the service's own words, and not carried out;
 * - `unavailable`: 503, and not carried out;
 * - `internal-error`: 500, although it was carried out;
 * - `delay`: carried out after a while;
 * - `reset`: the connection breaks before it was carried out;
 * - `lost-answer`: it is carried out, and the connection breaks instead of an answer;
 * - `kill-before`, `kill-after`: the process that asks is killed before or after it was carried out.
 */
export const FAULT_KINDS = [
  'throttle', 'unavailable', 'internal-error', 'delay', 'reset', 'lost-answer', 'kill-before', 'kill-after',
] as const;
export type FaultKind = typeof FAULT_KINDS[number];

/** A request, as far as a fault may depend on it. */
export interface Asked {
  readonly operation: Operation;
  /** Path and query. */
  readonly url: string;
  /** Name of the function that asks. Absent: somebody else. */
  readonly asker?: string;
}

/** A fault on purpose. It happens to each request that fits, or to the first few of them. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Default: all. */
  readonly service?: string;
  /** Default: all. */
  readonly operation?: string;
  /** Path and query, still encoded. Default: all. */
  readonly url?: RegExp;
  /** Name of the function that asks. Default: whoever. */
  readonly asker?: RegExp;
  /** How often it happens. Default: until the rule is lifted. */
  readonly times?: number;
  /** How many requests that fit are spared first. Default: 0. */
  readonly after?: number;
}

/** How likely faults are for a while. */
export interface Spell {
  /** Requests. */
  readonly length: number;
  /** 0 to 1. */
  readonly rate: number;
}

/** How often a kind comes, among faults by chance. */
export type FaultWeights = { readonly [kind in FaultKind]?: number };

export interface WeatherOptions {
  /** The n-th request for an operation of a function meets the same fate in all runs with the same seed. */
  readonly seed: number;
  /** One after the other, then again from the first. SDKs retry over single faults; a storm fails whole calls of functions. */
  readonly spells: readonly Spell[];
  /** Default: all kinds alike, but kills at a quarter. */
  readonly weights?: FaultWeights;
  /** After so many faults by chance there are no more, so that runs end. Rules go on. */
  readonly most: number;
}

const WEIGHTS: FaultWeights = {
  'throttle': 4, 'unavailable': 4, 'internal-error': 4, 'delay': 4, 'reset': 4, 'lost-answer': 4, 'kill-before': 1, 'kill-after': 1,
};

interface StandingRule {
  readonly rule: FaultRule;
  seen: number;
  made: number;
}

/** Decides which request meets which fault: rules first, then chance. */
export class Weather {
  private chance?: WeatherOptions;
  private readonly rules: StandingRule[] = [];
  private readonly asked = new Map<string, number>();
  private requests = 0;
  private byChance = 0;

  /** Lets faults come by chance from now on. */
  public begin(chance: WeatherOptions): void {
    this.chance = chance;
    this.requests = 0;
    this.byChance = 0;
  }

  /** No faults by chance any more, and no rules. */
  public calm(): void {
    this.chance = undefined;
    this.rules.length = 0;
  }

  /** Adds a rule. Answers how to lift it. */
  public add(rule: FaultRule): () => void {
    const standing = { rule, seen: 0, made: 0 };
    this.rules.push(standing);
    return () => {
      const index = this.rules.indexOf(standing);
      if (index >= 0) {
        this.rules.splice(index, 1);
      }
    };
  }

  /** Undefined: nothing happens to it. `delay` is a part of the longest, 0 to 1. */
  public fate(request: Asked): { readonly kind: FaultKind; readonly delay: number } | undefined {
    const { operation, asker = '' } = request;
    const name = `${asker} ${operation.service} ${operation.name}`;
    const number = (this.asked.get(name) ?? 0) + 1;
    this.asked.set(name, number);
    const draw = (what: string) => drawn(`${this.chance?.seed} ${name} ${number} ${what}`);
    const kind = this.byRule(request) ?? this.drawKind(draw);
    return kind && { kind, delay: draw('delay') };
  }

  private byRule(request: Asked): FaultKind | undefined {
    for (const standing of this.rules) {
      const { rule } = standing;
      if (fits(rule, request) && ++standing.seen > (rule.after ?? 0) && standing.made < (rule.times ?? Infinity)) {
        standing.made += 1;
        return rule.kind;
      }
    }
    return undefined;
  }

  private drawKind(draw: (what: string) => number): FaultKind | undefined {
    if (this.chance === undefined || this.byChance >= this.chance.most) {
      return undefined;
    }
    const { spells, weights = WEIGHTS } = this.chance;
    if (draw('whether') >= rateAt(spells, this.requests++)) {
      return undefined;
    }
    this.byChance += 1;
    let left = draw('kind') * FAULT_KINDS.reduce((sum, kind) => sum + (weights[kind] ?? 0), 0);
    return FAULT_KINDS.find(kind => (left -= weights[kind] ?? 0) < 0);
  }
}

function rateAt(spells: readonly Spell[], request: number): number {
  let left = request % spells.reduce((sum, { length }) => sum + length, 0);
  return spells.find(({ length }) => (left -= length) < 0)?.rate ?? 0;
}

function fits({ service, operation, url, asker }: FaultRule, request: Asked): boolean {
  return (service ?? request.operation.service) === request.operation.service
    && (operation ?? request.operation.name) === request.operation.name
    && (url === undefined || url.test(request.url))
    && (asker === undefined || asker.test(request.asker ?? ''));
}

/** A number in [0, 1) that depends on nothing but the text. */
function drawn(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
