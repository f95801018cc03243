import { Call, CallAnswer } from './messages';
import { MemoryWorld } from '../../support/memory-world';

/** Lines that go over in one message. */
export const LINES = 1_000;

type Method = (...args: never[]) => Promise<unknown>;

/** Texts of many lines, which go over piece by piece, as from and to S3. */
class Streams {
  private readonly reading = new Map<number, AsyncIterator<string>>();
  private readonly writing = new Map<number, Buffer[]>();
  private last = 0;

  public constructor(private readonly objects: MemoryWorld['objects']) {}

  public async open(...at: Parameters<MemoryWorld['objects']['lines']>): Promise<number | undefined> {
    const lines = await this.objects.lines(...at);
    this.last += 1;
    lines && this.reading.set(this.last, lines[Symbol.asyncIterator]());
    return lines && this.last;
  }

  public async next(stream: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < LINES) {
      const { done, value } = await this.reading.get(stream)!.next() as IteratorResult<string>;
      if (done) {
        this.reading.delete(stream);
        break;
      }
      lines.push(value);
    }
    return lines;
  }

  public async begin(): Promise<number> {
    this.writing.set(this.last += 1, []);
    return this.last;
  }

  public async append(stream: number, lines: readonly string[]): Promise<void> {
    this.writing.get(stream)!.push(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  public async commit(stream: number, bucket: string, key: string, options: Parameters<MemoryWorld['objects']['put']>[3]): Promise<void> {
    await this.objects.put(bucket, key, Buffer.concat(this.writing.get(stream)!), options);
    this.writing.delete(stream);
  }
}

/** Answers calls of the ports out of a world in memory. */
export function answering({ table, objects, topic, jobs, pipelines, queues, bus }: MemoryWorld): (call: Call) => Promise<CallAnswer> {
  const ports: { readonly [port: string]: object } = { table, objects, topic, jobs, pipelines, queues, bus, streams: new Streams(objects) };
  return async ({ id, port, method, args }) => {
    try {
      const target = ports[port] as { [name: string]: Method };
      return { id, value: await target[method](...args as never[]) };
    } catch (error) {
      return { id, error: `${port}.${method}: ${(error as Error).message}` };
    }
  };
}
