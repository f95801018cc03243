import { Worker } from 'node:worker_threads';
import { answering } from './called-ports';
import { FromFunctions, FunctionsData, Order, OrderResult, ToFunctions } from './messages';
import { MemoryWorld } from '../../support/memory-world';

export interface FunctionsOptions extends FunctionsData {
  /** The program of `functions-thread.ts`. */
  readonly program: string;
  readonly world: MemoryWorld;
  /** The thread ends where its heap gets larger. Unit: megabytes. */
  readonly heapMegabytes: number;
}

/** The functions, in a thread of their own, over the ports of a world in memory. One order at a time. */
export class Functions {
  /** The most that their heap had, garbage included. Unit: bytes. */
  public peak = 0;
  /** Calls of ports that they made. */
  public calls = 0;
  private readonly thread: Worker;
  private result?: { readonly resolve: (result: OrderResult) => void; readonly reject: (error: Error) => void };

  public constructor(private readonly options: FunctionsOptions) {
    const { program, configuration, resources, heapMegabytes, world } = options;
    this.thread = new Worker(program, {
      workerData: { configuration, resources } satisfies FunctionsData, resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    const answer = answering(world);
    this.thread.on('message', (message: FromFunctions) => {
      if ('calls' in message) {
        this.calls += message.calls.length;
        void Promise.all(message.calls.map(answer)).then((answers) => this.post({ answers }));
      } else {
        this.result!.resolve(message.done);
      }
    });
    this.thread.on('error', (error) => this.result?.reject(error));
  }

  /** @returns what the heap has afterwards, in bytes */
  public async order(order: Order): Promise<number> {
    const { error, heap } = await new Promise<OrderResult>((resolve, reject) => {
      this.result = { resolve, reject };
      this.post({ order, now: this.options.world.clock.now() });
    });
    if (error !== undefined) {
      throw new Error(`${order.do}: ${error}`);
    }
    this.peak = Math.max(this.peak, heap);
    return heap;
  }

  public async stop(): Promise<void> {
    await this.thread.terminate();
  }

  private post(message: ToFunctions): void {
    this.thread.postMessage(message);
  }
}
