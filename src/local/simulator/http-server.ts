import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import { AddressInfo } from 'net';
import { answerControl } from './control-api';
import { ServiceError, SimulatorError } from './errors';
import { PipelineSimulator, StartPipelineExecutionRequest } from './pipelines';
import { AddTagsRequest, CreateLabelingJobRequest, ListLabelingJobsRequest } from './requests';
import { GroundTruthSimulator } from './simulator';

export interface SimulatorServerOptions {
  readonly simulator: GroundTruthSimulator;
  /** Pipelines of the same account. Default: their operations are unknown. */
  readonly pipelines?: PipelineSimulator;
  /** Port on 127.0.0.1. Default: any free one. */
  readonly port?: number;
  /** Time between two steps in ms; 0: only `POST /_simulator/step` steps. Default: 500. */
  readonly stepEvery?: number;
  /** Told of each failed step. Default: written to standard error. */
  readonly onError?: (error: unknown) => void;
}

type Operation = (simulator: GroundTruthSimulator, input: never) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateLabelingJob: (simulator, input: CreateLabelingJobRequest) => simulator.createLabelingJob(input),
  DescribeLabelingJob: (simulator, input: { LabelingJobName: string }) => simulator.describeLabelingJob(input),
  StopLabelingJob: (simulator, input: { LabelingJobName: string }) => simulator.stopLabelingJob(input),
  ListLabelingJobs: (simulator, input: ListLabelingJobsRequest) => simulator.listLabelingJobs(withDates(input)),
  ListTags: (simulator, input: { ResourceArn: string }) => simulator.listTags(input),
  AddTags: (simulator, input: AddTagsRequest) => simulator.addTags(input),
  DescribeWorkteam: (simulator, input: { WorkteamName: string }) => simulator.describeWorkteam(input),
};

type PipelineOperation = (pipelines: PipelineSimulator, input: never) => Promise<unknown>;

const PIPELINE_OPERATIONS: Readonly<Record<string, PipelineOperation>> = {
  StartPipelineExecution: (pipelines, input: StartPipelineExecutionRequest) => pipelines.startPipelineExecution(input),
  DescribePipelineExecution: (pipelines, input: ExecutionRequest) => pipelines.describePipelineExecution(input),
  ListPipelineExecutionSteps: (pipelines, input: ExecutionRequest) => pipelines.listPipelineExecutionSteps(input),
  StopPipelineExecution: (pipelines, input: ExecutionRequest & { ClientRequestToken: string }) => pipelines.stopPipelineExecution(input),
};

interface ExecutionRequest {
  readonly PipelineExecutionArn: string;
}

const MAX_BODY = 64 * 1024 * 1024;
const CONTROL = '/_simulator/';

/** Of this machine, by whatever port it is reached. */
const OWN_NAME = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

/**
 * The simulator behind HTTP on 127.0.0.1: SageMaker's JSON API for labeling jobs, and for pipelines, at `/`, and below `/_simulator/` what
 * workers and operators do. Steps the simulator in real time, one step after the other.
 */
export class SimulatorServer {
  /** Listens and starts stepping. */
  public static async start(options: SimulatorServerOptions): Promise<SimulatorServer> {
    const server = new SimulatorServer(options);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject);
      server.http.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    server.scheduleStep();
    return server;
  }

  private readonly http: Server;
  private timer?: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private closed = false;

  private constructor(private readonly options: SimulatorServerOptions) {
    this.http = createServer((request, response) => {
      this.serve(request, response).catch(error => {
        send(response, 500, { __type: 'InternalFailure', message: String(error) });
      });
    });
  }

  /** `http://127.0.0.1:<port>`, to be used as the SageMaker endpoint. */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Stops stepping and listening; waits for the running step. */
  public async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.running;
    this.http.closeAllConnections();
    await new Promise<void>(resolve => this.http.close(() => resolve()));
  }

  private scheduleStep(): void {
    const every = this.options.stepEvery ?? 500;
    if (every > 0 && !this.closed) {
      this.timer = setTimeout(() => {
        this.running = this.step().finally(() => this.scheduleStep());
      }, every);
    }
  }

  private async step(): Promise<void> {
    try {
      await this.options.simulator.step();
      await this.options.pipelines?.step();
    } catch (error) {
      (this.options.onError ?? (failure => process.stderr.write(`Ground Truth simulator: ${String(failure)}\n`)))(error);
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // programs speak to it, no page does: neither one of another origin, nor one whose name was made to point here
    if (request.headers.origin !== undefined || !OWN_NAME.test(request.headers.host ?? '')) {
      send(response, 403, { error: 'The simulator takes no requests of browsers.' });
      return;
    }
    const body = await read(request);
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (path.startsWith(CONTROL)) {
      const answer = await answerControl(this.options.simulator, request.method ?? 'GET', path.slice(CONTROL.length), body);
      send(response, answer.status, answer.body);
    } else {
      await this.serveApi(request, response, body);
    }
  }

  private operation(name: string, target: string): (input: never) => Promise<unknown> {
    const { simulator, pipelines } = this.options;
    if (Object.hasOwn(OPERATIONS, name)) {
      return input => OPERATIONS[name](simulator, input);
    }
    if (pipelines && Object.hasOwn(PIPELINE_OPERATIONS, name)) {
      return input => PIPELINE_OPERATIONS[name](pipelines, input);
    }
    throw new ServiceError('UnknownOperationException', `The simulator does not know the operation "${target}".`, 400);
  }

  private async serveApi(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const name = target.startsWith('SageMaker.') ? target.slice('SageMaker.'.length) : '';
    try {
      const output = await this.operation(name, target)(parse(body) as never);
      send(response, 200, output === undefined ? '' : withSeconds(output));
    } catch (error) {
      const { name: type, message, statusCode } = error instanceof ServiceError
        ? error
        : new ServiceError('InternalFailure', String(error), 500);
      response.setHeader('x-amzn-ErrorType', type);
      send(response, statusCode, { __type: type, message });
    }
  }
}

function parse(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    throw new ServiceError('SerializationException', 'The request is not JSON.', 400);
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) {
      throw new SimulatorError(`A request has at most ${MAX_BODY} bytes.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  response.end(body === '' ? '' : JSON.stringify(body));
}

/** The API's times are seconds. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) {
    return value.getTime() / 1000;
  }
  if (Array.isArray(value)) {
    return value.map(withSeconds);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSeconds(member)]))
    : value;
}

function withDates(input: ListLabelingJobsRequest): ListLabelingJobsRequest {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [
    name, /Time(After|Before)$/.test(name) && typeof value === 'number' ? new Date(value * 1000) : value,
  ]));
}
