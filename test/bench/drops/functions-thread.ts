import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { LINES } from './called-ports';
import { Call, CallAnswer, FromFunctions, FunctionsData, Order, ToFunctions } from './messages';
import { TilingEngine } from './mix';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { run } from '../../../src/runtime/controller/controller';
import { takeConfiguration } from '../../../src/runtime/deployment/deploy';
import { createdObjects } from '../../../src/runtime/intake/events';
import { Intake } from '../../../src/runtime/intake/intake';
import { ObjectStore } from '../../../src/runtime/ports';
import { Recorder } from '../../../src/runtime/recorder/recorder';
import { World } from '../../../src/runtime/world';

/**
 * The functions of a project, in a thread with a heap of its own: all that AWS would keep is in another one, so that what is measured
 * here is theirs. They are not started anew, as Lambda does it now and then: what one of them kept would show.
 */
const port = parentPort!;
const { configuration, resources } = workerData as FunctionsData;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let now = 0;
let ids = 0;
let calls: Call[] = [];
const waiting = new Map<number, (answer: CallAnswer) => void>();

/** Calls that are made at the same time go over in one message. */
function call<T>(on: string, method: string, args: readonly unknown[]): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const id = ids += 1;
    waiting.set(id, ({ value, error }) => (error === undefined ? resolve(value as T) : reject(new Error(error))));
    if (calls.push({ id, port: on, method, args }) === 1) {
      queueMicrotask(() => {
        post({ calls });
        calls = [];
      });
    }
  });
}

const post = (message: FromFunctions): void => port.postMessage(message);

/** A port whose every method is a call. */
const called = <T extends object>(name: string): T => new Proxy({} as T, {
  get: (_, method: string) => (...args: unknown[]) => call(name, method, args),
});

async function* linesOf(stream: number): AsyncGenerator<string> {
  for (let lines = [''], first = true; first || lines.length === LINES; first = false) {
    lines = await call<string[]>('streams', 'next', [stream]);
    yield* lines;
  }
}

const objects: Pick<ObjectStore, 'lines' | 'putLines'> = {
  lines: async (...at) => {
    const stream = await call<number | undefined>('streams', 'open', at);
    return stream === undefined ? undefined : linesOf(stream);
  },
  putLines: async (bucket, key, lines, options) => {
    const stream = await call<number>('streams', 'begin', []);
    let some: string[] = [];
    for await (const line of lines) {
      if (some.push(line) === LINES) {
        await call('streams', 'append', [stream, some]);
        some = [];
      }
    }
    await call('streams', 'append', [stream, some]);
    await call('streams', 'commit', [stream, bucket, key, options]);
  },
};

const everyOther = called<ObjectStore>('objects');
const nothing = (): void => undefined;

const world: World = {
  ledger: { table: called('table'), clock: { now: () => now }, newId: () => `id-${ids += 1}` },
  objects: new Proxy(everyOther, { get: (_, method: string) => Reflect.get(method in objects ? objects : everyOther, method) as unknown }),
  topic: called('topic'), jobs: called('jobs'), pipelines: called('pipelines'), queues: called('queues'), bus: called('bus'),
  waker: { wake: async () => undefined },
  telemetry: { count: nothing, info: nothing, warn: nothing, error: nothing },
  timings: DEFAULT_TIMINGS, resources,
};

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'deploy':
      await takeConfiguration(world, configuration);
      break;
    case 'intake':
      await Promise.all(order.bodies.map(async (body) => {
        for (const object of createdObjects(body)) {
          await new Intake(world, configuration, new TilingEngine()).take(object);
        }
      }));
      break;
    case 'record':
      await Promise.all(order.bodies.map((body) => new Recorder(world, configuration).record(body)));
      break;
    case 'control':
      await run(world, 'bench');
      break;
    case 'heap':
      collectGarbage();
      break;
  }
}

port.on('message', (message: ToFunctions) => {
  if ('answers' in message) {
    message.answers.forEach((answer) => {
      waiting.get(answer.id)!(answer);
      waiting.delete(answer.id);
    });
    return;
  }
  now = message.now;
  obey(message.order).then(() => undefined, (error: Error) => error.stack ?? error.message)
    .then((error) => post({ done: { error, heap: getHeapStatistics().used_heap_size } }), nothing);
});
