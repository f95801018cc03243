import { ProjectConfiguration } from '../../contract/project-configuration';
import { Breaker, CLOSED_BREAKER } from '../core/breaker';
import { Mode } from '../core/observation';
import { Item, Table, Write } from '../ports';
import { BackfillRecord, backfillOf } from './backfill';
import { Command, commandOf } from './commands';
import { Ledger } from './context';
import { Counts, sumCounts } from './counts';
import { PushedInstructions, pushedOf } from './instructions';
import {
  ALERT_PREFIX, COMMAND_PREFIX, PROJECT, alertKey, backfillKey, configurationKey, dataSetKey, instructionsKey, processingKey, stateKey,
} from './keys';
import { ProcessingState, processingOf } from './processing';
import { setOrRemove } from './writes';

/** What the controller remembers from one run to the next. Only the lease holder changes it. */
export interface ProjectState {
  readonly mode: Mode;
  /** What a retired project was before: deployed again, it is that once more. */
  readonly retiredFrom?: Mode;
  /** Why it is paused, where somebody or something said so. Kept while it is retired. */
  readonly modeReason?: string;
  readonly startedAt: number;
  readonly lastJob: number;
  /** Jobs that are neither settled nor refused. */
  readonly openJobs: readonly number[];
  readonly breaker: Breaker;
  /** The job after an operator closed the open breaker: somebody looked, and says that what the images depend on works. */
  readonly vouchedFor?: number;
  readonly backOffUntil: number;
  readonly backOffSteps: number;
  readonly lastRollAt: number;
  /** Rolls in a row because nothing arrived at the job, or as many as would be in vain after what the last job took to show an arrival. */
  readonly vainRolls: number;
  readonly sweptAt: number;
  /** Pages of the last complete sweep. */
  readonly sweptPages: number;
  /** The sweep that is under way. */
  readonly sweep?: SweepProgress;
  /** The UTC day that `spentToday` counts, and images offered for the first time: on that day, and ever. */
  readonly spentDay: string;
  readonly spentToday: number;
  readonly spentTotal: number;
  /** What was found to differ and was put right, last. */
  readonly drift?: { readonly at: number; readonly what: string };
  /** When counters were last compared with what they count, and by how much they differed then. */
  readonly recountedAt?: number;
  readonly recount?: { readonly [name: string]: number };
  /** What had come until then. */
  readonly recountOf?: string;
  /** The last job had a manifest and died before it worked. */
  readonly carryFailed: boolean;
  /** A pipeline's order to start the labeling job that is due, by the execution that gave it. */
  readonly startOrder?: { readonly execution: string; readonly at: number };
  readonly schema: 1;
}

/** How far a sweep of the inbox has come. */
export interface SweepProgress {
  readonly cursor: string;
  readonly pages: number;
  /** Whether the intake queue had work when it began: what it queues itself must not count. */
  readonly busy: boolean;
  /** The stretch that its last page ended in, as far as it was seen. */
  readonly open?: OpenStretch;
}

/** The beginning of a stretch of the inbox. */
export interface OpenStretch {
  readonly start: string;
  /** A hash over all its versions so far. */
  readonly chain: string;
  readonly length: number;
  /** Whether all that was looked at is finished. */
  readonly settled: boolean;
}

/** An immutable object with lines of the data set. */
export interface DataSetPart {
  readonly key: string;
  readonly lines: number;
}

/** A data set that was damaged and is written anew from the ledger: how far that has come. */
export interface DataSetRebuild {
  readonly why: string;
  readonly since: number;
  readonly parts: readonly DataSetPart[];
  /** Where among the labeled images it goes on. */
  readonly shard: number;
  readonly after?: string;
}

/** What the data set consists of; the objects in the output bucket follow it. */
export interface DataSetState {
  readonly generation: number;
  /** Lines of `current/output.manifest`. */
  readonly lines: number;
  /** Parts that are not compacted yet. */
  readonly parts: readonly DataSetPart[];
  readonly publishedAt: number;
  readonly compactedAt: number;
  /** `current/output.manifest` as it was written, and in which generation. */
  readonly current?: { readonly etag: string; readonly generation: number };
  readonly rebuild?: DataSetRebuild;
  /** When it was last written anew, and why. */
  readonly rebuilt?: { readonly at: number; readonly why: string };
}

/** What needs somebody, since when. */
export interface StandingAlert {
  readonly code: string;
  readonly message: string;
  readonly since?: number;
  /** Its event has not been published yet. */
  readonly untold?: boolean;
}

/** Partition PROJECT as one read shows it. */
export interface Project {
  readonly configuration?: ProjectConfiguration;
  /** Why the wanted configuration is not the one in force. */
  readonly configurationProblem?: string;
  /** Instructions that were pushed. Absent: none ever was. */
  readonly pushed?: PushedInstructions;
  readonly state: ProjectState;
  readonly counts: Counts;
  readonly dataSet: DataSetState;
  readonly processing: ProcessingState;
  readonly commands: readonly Command[];
  /** The back-fill that is under way, or was the last. */
  readonly backfill?: BackfillRecord;
  /** Codes of the alerts that stand. */
  readonly alerts: readonly string[];
  readonly standing: readonly StandingAlert[];
}

const NEW_DATA_SET: DataSetState = { generation: 0, lines: 0, parts: [], publishedAt: 0, compactedAt: 0 };

function newState(now: number): ProjectState {
  return {
    mode: 'ACTIVE', startedAt: now, lastJob: 0, openJobs: [], breaker: CLOSED_BREAKER, backOffUntil: 0, backOffSteps: 0,
    lastRollAt: 0, vainRolls: 0, sweptAt: 0, sweptPages: 0, spentDay: '', spentToday: 0, spentTotal: 0, carryFailed: false, schema: 1,
  };
}

const attributes = <T>(item: Item): T => {
  const { pk: _pk, sk: _sk, ...rest } = item;
  return rest as unknown as T;
};

/** One query, however much the project holds. */
export async function readProject(ledger: Ledger): Promise<Project> {
  const items = await readPartition(ledger.table);
  const find = (sk: string): Item | undefined => items.find((item) => item.sk === sk);
  const state = find(stateKey.sk);
  const dataSet = find(dataSetKey.sk);
  const configuration = find(configurationKey.sk);
  const standing = items.filter((item) => item.sk.startsWith(ALERT_PREFIX)).map(alertOf);
  return {
    configuration: configuration && JSON.parse(String(configuration.inForce)) as ProjectConfiguration,
    configurationProblem: configuration?.problem === undefined ? undefined : String(configuration.problem),
    pushed: pushedOf(find(instructionsKey.sk)),
    state: { ...newState(ledger.clock.now()), ...(state ? attributes<ProjectState>(state) : {}) },
    counts: sumCounts(items),
    dataSet: dataSet ? attributes<DataSetState>(dataSet) : NEW_DATA_SET,
    processing: processingOf(find(processingKey.sk)),
    commands: items.filter((item) => item.sk.startsWith(COMMAND_PREFIX)).map(commandOf),
    backfill: backfillOf(find(backfillKey.sk)),
    alerts: standing.map(({ code }) => code),
    standing,
  };
}

function alertOf(item: Item): StandingAlert {
  return {
    code: item.sk.slice(ALERT_PREFIX.length), message: String(item.message ?? ''), since: item.since === undefined ? undefined : Number(item.since),
    untold: item.untold === true,
  };
}

async function readPartition(table: Table): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk: PROJECT, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** The configuration in force and the wanted one, of which `problem` says why it is refused. */
export function configurationWrite(
  inForce: ProjectConfiguration, wanted: ProjectConfiguration, problem: string | undefined, now: number,
): Write {
  return {
    put: {
      ...configurationKey, inForce: JSON.stringify(inForce), wanted: JSON.stringify(wanted), writtenAt: now, schema: 1,
      ...(problem === undefined ? {} : { problem }),
    },
  };
}

/** Changes fields of the state; undefined takes one away. */
export function stateWrite(fields: Partial<ProjectState>): Write {
  return { update: stateKey, ...setOrRemove(fields) };
}

export function dataSetWrite(before: DataSetState, after: DataSetState): Write {
  return {
    put: { ...dataSetKey, ...after } as unknown as Item,
    when: [before.generation === 0
      ? { attribute: 'generation', is: 'absent' }
      : { attribute: 'generation', is: '=', value: before.generation }],
  };
}

/** So much of it as the ledger keeps. */
export const alertText = (message: string): string => message.slice(0, 1_000);

/** It stands from now on, and its event has yet to be published. */
export function alertWrite(code: string, message: string, now: number): Write {
  return { ...alertInstead(code, message, now), when: [{ attribute: 'since', is: 'absent' }] };
}

/** The same, in place of what stood by that code. */
export function alertInstead(code: string, message: string, now: number): Write & { readonly put: Item } {
  return { put: { ...alertKey(code), message: alertText(message), since: now, untold: true } };
}

/** What stands since then says this from now on. */
export function alertMessage(code: string, since: number, message: string): Write {
  return { update: alertKey(code), set: { message: alertText(message) }, when: [{ attribute: 'since', is: '=', value: since }] };
}

/** The event of the alert that stands since then was published. */
export function alertTold(code: string, since: number): Write {
  return { update: alertKey(code), remove: ['untold'], when: [{ attribute: 'since', is: '=', value: since }] };
}

export function alertGone(code: string): Write {
  return { remove: alertKey(code) };
}

/** The same for one that was raised then: another may stand in its place. */
export function alertOver(code: string, since: number): Write {
  return { remove: alertKey(code), when: [{ attribute: 'since', is: '=', value: since }] };
}
