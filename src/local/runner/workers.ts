import { Answer, ANSWER_KINDS, TaskType } from '../simulator';
import { Aws } from './aws';
import { Processes, RunningProcess } from './processes';
import { runnerFile } from './project-files';
import { signedUrl } from './signed-url';

export interface WorkersOptions {
  readonly processes: Processes;
  /** The Python of `pythonEnvironment`. */
  readonly python: string;
  /** Where the images lie. */
  readonly aws: Aws;
  /** Colours of the labels in masks, in the order of the labels, `#rrggbb`. Default: ten easily distinguished ones in turn. */
  readonly colors?: readonly string[];
}

/** What a worker is shown. */
export interface WorkerTask {
  /** `s3://bucket/key`. */
  readonly sourceRef: string;
  readonly taskType: TaskType;
  readonly labels: readonly string[];
}

/** The features of a picture that answers depend on. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** sha256 of the upright RGB pixels. */
  readonly pixelHash: string;
  readonly grid: readonly (readonly number[])[];
  readonly fine: readonly number[];
}

/** A picture of which the driver knows what workers should see. */
export type Expected =
  | { readonly kind: 'image'; readonly view: View }
  /** The bytes are no complete image. */
  | { readonly kind: 'undecodable'; readonly reason: string }
  /** A crop does not fit. */
  | { readonly kind: 'too-small'; readonly reason: string };

export interface Comparison {
  readonly expected: View;
  /** What a worker saw. Tells every picture, version and orientation apart. */
  readonly seen?: View;
  /** What the data set says. Boxes and masks tell pictures apart nearly as well; classes only as far as they differ. */
  readonly answer?: Answer;
  /** All labels of the project, in order. */
  readonly labels?: readonly string[];
}

interface Reply {
  readonly id: number;
  readonly error?: string;
}

/**
 * Workers who look at the pixels: they load an image as a browser does, decode it with another library than the product's,
 * and derive the label from what they see. So a label that ends at a wrong image is found.
 */
export class SimulatedWorkers {
  public static start(options: WorkersOptions): SimulatedWorkers {
    return new SimulatedWorkers(options);
  }

  private readonly process: RunningProcess;
  private readonly waiting = new Map<number, { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void }>();
  private requests = 0;

  private constructor(private readonly options: WorkersOptions) {
    this.process = options.processes.start('simulated workers', options.python, [runnerFile('workers.py')], {
      onLine: line => this.receive(JSON.parse(line) as Reply),
    });
    void this.process.ended.then(outcome => {
      const error = new Error(`the simulated workers ended (${outcome}): ${this.process.tail()}`);
      this.waiting.forEach(({ reject }) => reject(error));
      this.waiting.clear();
    });
  }

  /**
   * Looks at an image through a presigned URL and answers.
   *
   * @returns the answer, and what was seen; `view.pixelHash` goes into the bill.
   * @throws Error when the image cannot be loaded or decoded.
   */
  public async answer({ sourceRef, taskType, labels }: WorkerTask): Promise<{ readonly answer: Answer; readonly view: View }> {
    const url = await signedUrl(this.options.aws, sourceRef);
    return this.ask({ op: 'answer', url, kind: ANSWER_KINDS[taskType], labels, colors: this.options.colors });
  }

  /** What workers should see of a dropped file: upright, and after the project's transforms (their JSON). */
  public async expect(data: Uint8Array, transforms: readonly object[] = []): Promise<Expected> {
    return this.ask({ op: 'expect', data: Buffer.from(data).toString('base64'), transforms });
  }

  /** Why a label, or what a worker saw, cannot belong to the expected picture. Empty if it can. */
  public async differences({ expected, seen, answer, labels = [] }: Comparison): Promise<readonly string[]> {
    const sent = answer?.kind === 'semantic-segmentation' && typeof answer.mask !== 'string'
      ? { ...answer, mask: Buffer.from(answer.mask).toString('base64') }
      : answer;
    const { differences } = await this.ask<{ differences: readonly string[] }>({
      op: 'check', view: expected, seen, answer: sent, labels, colors: this.options.colors,
    });
    return differences;
  }

  /** Sends the workers home. */
  public async stop(): Promise<void> {
    await this.process.stop();
  }

  private async ask<T>(request: object): Promise<T> {
    if (this.process.exit !== undefined) {
      throw new Error(`the simulated workers ended (${this.process.exit}): ${this.process.tail()}`);
    }
    const id = ++this.requests;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });
    if (reply.error !== undefined) {
      throw new Error(`simulated worker: ${reply.error}`);
    }
    return reply as unknown as T;
  }

  private receive(reply: Reply): void {
    this.waiting.get(reply.id)?.resolve(reply);
    this.waiting.delete(reply.id);
  }
}
