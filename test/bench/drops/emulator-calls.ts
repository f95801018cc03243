import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DeployedProject } from '../../../src/local/demo/project';
import { Stage } from '../../../src/local/demo/stage';
import { Aws, FaultProxy, Processes } from '../../../src/local/runner';
import { Answer } from '../../../src/local/simulator';
import { DynamoTable } from '../../../src/runtime/aws/dynamo-table';
import { Ledger } from '../../../src/runtime/ledger/context';
import { countOf, countWrites } from '../../../src/runtime/ledger/counts';
import { readProject } from '../../../src/runtime/ledger/project';
import { percentile } from '../bench-table';
import { InProcess } from './in-process';
import { BenchDrop, makeDrops } from '../latency/drops';
import { synthesizeBench, WARM_UP, warmUp } from '../latency/latency';
import { Observer } from '../latency/observer';
import { Calls } from '../scale/fake-aws';
import { labeledImages } from '../scale/labeled-images';

/** Functions that an image goes through, by the names that their templates give them. */
export const FUNCTIONS = ['Intake', 'Controller', 'Recorder'] as const;
export type FunctionName = typeof FUNCTIONS[number];

/** Requests of a function, by `service.Operation`. */
export type RequestsOf = { readonly [name in FunctionName]: { readonly [operation: string]: number } };

export interface EmulatorCalls {
  /** Finished images that the ledger had before. */
  readonly items: number;
  readonly added: number;
  /** For one image: the median of those that were added. */
  readonly requests: RequestsOf;
  /** The fewest and the most for one image, all functions together. */
  readonly range: readonly [fewest: number, most: number];
  /** The same, counted by a middleware of the SDK's clients, of the functions' code in the process of the benchmark. */
  readonly sdk: RequestsOf;
}

export interface EmulatorCallsOptions {
  readonly processes: Processes;
  /** How many finished images the ledger has, one amount after the other, growing. */
  readonly items: readonly number[];
  /** Images that are added each time. */
  readonly added: number;
  readonly progress: (line: string) => void;
}

const HOUR = 3_600_000;
/** What goes by the clock and not by images: measured elsewhere, and done by chance here. Unit: milliseconds. */
const NOT_NOW = { harvestInterval: HOUR, dataSetInterval: HOUR, sweepInterval: HOUR, recountInterval: HOUR };

const PATIENCE = 60_000;
/** Nobody asks for anything for so long: an image's work is over. Unit: milliseconds. */
const QUIET = 1_500;
const LOOK = 100;
/** DynamoDB takes so many items at once. */
const BATCH = 25;

/** What an image costs in the deployed template, in requests that its functions send, as the ledger grows. */
export async function callsOnEmulator({ processes, items, added, progress }: EmulatorCallsOptions): Promise<EmulatorCalls[]> {
  const requests = new Requests();
  const proxy = await FaultProxy.start({ onRequest: (operation, asker) => requests.count(operation, asker) });
  let stage: Stage | undefined;
  try {
    progress('starting the AWS emulator and deploying');
    stage = await Stage.start({ processes, progress, faults: proxy, timings: NOT_NOW });
    const project = await DeployedProject.deploy(stage, await synthesizeBench(processes, stage));
    const drops = await makeDrops(WARM_UP + 2 * items.length * added);
    const observer = await Observer.subscribe(stage.emulator.aws, project.resources.inputTopicArn);
    const measuring = new Measuring(stage, project, requests, observer);
    await measuring.begin(drops.splice(0, WARM_UP));
    const all: EmulatorCalls[] = [];
    for (const amount of items) {
      progress(`putting ${amount} finished images into the ledger`);
      await measuring.preload(amount);
      progress(`${added} images more`);
      const deployed = summed(await measuring.add(drops.splice(0, added)));
      progress(`${added} images more, through the same code in this process`);
      all.push({ items: amount, added, ...deployed, sdk: summed(await measuring.addInProcess(drops.splice(0, added))).requests });
    }
    return all;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe end of the emulator's log:\n${stage?.log(20)}`, { cause: error });
  } finally {
    await stage?.stop();
    await proxy.stop();
  }
}

/** What the controller looks at goes by the clock too: now and then an image costs a request more than others. */
function summed(each: readonly RequestsOf[]): Pick<EmulatorCalls, 'requests' | 'range'> {
  const sums = each.map((one) => FUNCTIONS.flatMap((name) => Object.values(one[name])).reduce((sum, count) => sum + count, 0));
  const medians = (name: FunctionName): [string, number][] => [...new Set(each.flatMap((one) => Object.keys(one[name])))].sort()
    .map((operation): [string, number] => [operation, percentile(each.map((one) => one[name][operation] ?? 0), 0.5)])
    .filter(([, count]) => count > 0);
  return {
    requests: Object.fromEntries(FUNCTIONS.map((name) => [name, Object.fromEntries(medians(name))])) as RequestsOf,
    range: [Math.min(...sums), Math.max(...sums)],
  };
}

/** Counts requests by function. */
class Requests {
  public lastAt = Date.now();
  private readonly calls = new Calls();

  public count(operation: string, asker = ''): void {
    this.lastAt = Date.now();
    const name = FUNCTIONS.find((one) => asker.includes(`${one}Handler`));
    name && this.calls.count(`${name} ${operation}`);
  }

  /** What was counted since the last time. */
  public take(): RequestsOf {
    const taken = [...this.calls.take()].sort();
    const of = (name: FunctionName) => Object.fromEntries(taken
      .filter(([key]) => key.startsWith(`${name} `)).map(([key, count]) => [key.slice(name.length + 1), count]));
    return Object.fromEntries(FUNCTIONS.map((name) => [name, of(name)])) as RequestsOf;
  }

  public async quiet(): Promise<void> {
    while (Date.now() - this.lastAt < QUIET) {
      await sleep(LOOK);
    }
  }
}

class Measuring {
  private readonly aws: Aws;
  private readonly ledger: Ledger;
  private finished = 0;

  public constructor(
    private readonly stage: Stage, private readonly project: DeployedProject,
    private readonly requests: Requests, private readonly observer: Observer,
  ) {
    this.aws = stage.emulator.aws;
    this.ledger = {
      table: new DynamoTable(this.aws.dynamodb, project.resources.ledgerTable), clock: { now: () => Date.now() }, newId: () => 'bench',
    };
  }

  /** A job runs, is known to listen, and has nothing open. The scheduler stands still from then on. */
  public async begin(drops: readonly BenchDrop[]): Promise<void> {
    await warmUp(this.project, this.observer, drops);
    await this.label(drops.length);
    await this.requests.quiet();
  }

  /** The ledger has so many finished images then, beside those that really went through. */
  public async preload(amount: number): Promise<void> {
    const items = [...labeledImages(this.finished, amount, Date.now())].map((item) => marshall(item, { removeUndefinedValues: true }));
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    for (let from = 0; from < puts.length; from += BATCH) {
      const some = { [this.project.resources.ledgerTable]: puts.slice(from, from + BATCH) };
      await this.aws.dynamodb.send(new BatchWriteItemCommand({ RequestItems: some }));
    }
    const more = amount - this.finished;
    await this.ledger.table.write(countWrites('0', { 'image:LABELED': more, 'drop:DONE': more }));
    this.finished = amount;
  }

  /** Images go through one after the other, each to its end. */
  public async add(drops: readonly BenchDrop[]): Promise<RequestsOf[]> {
    const each: RequestsOf[] = [];
    for (const drop of drops) {
      this.requests.take();
      await this.project.drop(drop);
      await this.observer.published(drop.key, PATIENCE);
      await this.requests.quiet();
      await this.label(1);
      await this.requests.quiet();
      each.push(this.requests.take());
    }
    return each;
  }

  /** The same through the functions' code in this process; those that are deployed leave their queues alone meanwhile. */
  public async addInProcess(drops: readonly BenchDrop[]): Promise<RequestsOf[]> {
    const here = new InProcess(this.stage, this.project, NOT_NOW);
    await here.takeOver(true);
    const each: RequestsOf[] = [];
    for (const drop of drops) {
      each.push(await here.add(drop, () => this.answerAll()));
    }
    await here.takeOver(false);
    return each;
  }

  /** Workers answer all that they have. */
  private async answerAll(): Promise<void> {
    const answer = { kind: 'bounding-box', image: { width: 64, height: 64 }, boxes: [{ label: 'thing', left: 1, top: 1, width: 5, height: 5 }] } satisfies Answer;
    for (const { taskId } of this.stage.simulator.tasks()) {
      await this.stage.simulator.submit(taskId, 'worker', answer);
    }
  }

  /** Workers answer until so many more are recorded. */
  private async label(count: number): Promise<void> {
    const before = await this.labeled();
    for (const deadline = Date.now() + PATIENCE; await this.labeled() < before + count;) {
      await this.answerAll();
      if (Date.now() > deadline) {
        throw new Error(`${count} images were not labeled within ${PATIENCE / 1_000} s`);
      }
      await sleep(LOOK);
    }
  }

  private async labeled(): Promise<number> {
    return countOf((await readProject(this.ledger)).counts, 'image:LABELED');
  }
}
