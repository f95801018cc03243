import { randomBytes } from 'crypto';
import { createServer, IncomingMessage, request as send, Server, ServerResponse } from 'http';
import { AddressInfo } from 'net';
import { setTimeout as sleep } from 'timers/promises';
import { LOOPBACK } from '../ports';
import { Operation, operationOf, WireRequest } from './operation';
import { refusal } from './refusals';
import { Asked, FAULT_KINDS, FaultKind, Weather } from './weather';

export interface FaultProxyOptions {
  /** The longest delay. Default: 400. Unit: milliseconds. */
  readonly longestDelay?: number;
  /** Told of each request: `dynamodb.PutItem`, and the name of the function. */
  readonly onRequest?: (operation: string, asker?: string) => void;
}

/** Where requests go. */
export interface Upstream {
  /** URL of the AWS emulator. */
  readonly aws: string;
  /** URL of the Ground Truth simulator. */
  readonly sagemaker: string;
}

/** A fault that happened. */
export interface InjectedFault {
  readonly kind: FaultKind;
  /** `dynamodb.PutItem`. */
  readonly operation: string;
  /** Name of the function. Absent: somebody else. */
  readonly asker?: string;
}

/** What happens instead to somebody who is no function: only those are killed. */
const SURVIVED: { readonly [kind in FaultKind]?: FaultKind } = { 'kill-before': 'reset', 'kill-after': 'lost-answer' };

interface Asker {
  readonly pid: number;
  readonly name: string;
}

interface Answer {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

/**
 * Stands between functions and the emulated AWS, and makes that fail as AWS does: see `FAULT_KINDS`. Only those go through it
 * that are told so by `environment`; it is reached from this machine alone.
 */
export class FaultProxy {
  public static async start(options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.http.once('error', reject);
      proxy.http.listen(0, LOOPBACK, resolve);
    });
    return proxy;
  }

  /** What happens to requests. Nothing, at first. */
  public readonly weather = new Weather();
  /** All that happened, in order. */
  public readonly injected: InjectedFault[] = [];
  /** How often each operation was asked for: `dynamodb.PutItem`. */
  public readonly requests = new Map<string, number>();
  private readonly http: Server;
  private upstream?: Upstream;
  /** Nobody who does not know it can have a process killed. */
  private readonly secret = randomBytes(8).toString('hex');

  private constructor(private readonly options: FaultProxyOptions) {
    this.http = createServer((request, response) => {
      this.serve(request, response).catch(() => request.socket.destroy());
    });
  }

  /** URL of the proxy. */
  public get endpoint(): string {
    return `http://${LOOPBACK}:${(this.http.address() as AddressInfo).port}`;
  }

  /**
   * Environment that sends functions through the proxy. Each tells its name and process in the application id that the SDK
   * puts into every request.
   */
  public get environment(): { readonly [name: string]: string } {
    const id = `['fn',process.pid,'${this.secret}',process.env.AWS_LAMBDA_FUNCTION_NAME].join('-')`;
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ENDPOINT_URL_SAGEMAKER: this.endpoint,
      NODE_OPTIONS: `--import=data:text/javascript,process.env.AWS_SDK_UA_APP_ID=${id}`,
    };
  }

  /** Lets requests through, from now on. */
  public forwardTo(upstream: Upstream): void {
    this.upstream = upstream;
  }

  /** How often each kind happened. */
  public counts(): { readonly [kind in FaultKind]: number } {
    const count = (kind: FaultKind) => this.injected.filter(one => one.kind === kind).length;
    return Object.fromEntries(FAULT_KINDS.map(kind => [kind, count(kind)])) as Record<FaultKind, number>;
  }

  public async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise<void>(resolve => this.http.close(() => resolve()));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: WireRequest = { method: incoming.method!, url: incoming.url!, headers: incoming.headers, body: await readAll(incoming) };
    const operation = operationOf(request);
    const asker = this.askerOf(incoming);
    const name = `${operation.service}.${operation.name}`;
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    this.options.onRequest?.(name, asker?.name);
    const asked: Asked = { operation, url: request.url, asker: asker?.name };
    const fate = this.weather.fate(asked);
    const forward = () => this.forward(request, incoming.rawHeaders, operation);
    const breakOff = () => {
      incoming.socket.resetAndDestroy();
    };
    const kind = fate && (asker ? fate.kind : SURVIVED[fate.kind] ?? fate.kind);
    if (kind !== undefined) {
      this.injected.push({ kind, operation: name, asker: asker?.name });
    }
    switch (kind) {
      case 'reset':
        return breakOff();
      case 'kill-before':
        killProcess(asker!.pid);
        return breakOff();
      case 'throttle':
      case 'unavailable':
        return answerRefusal(response, kind, operation);
      case 'internal-error':
        await forward();
        return answerRefusal(response, kind, operation);
      case 'lost-answer':
        await forward();
        return breakOff();
      case 'kill-after':
        await forward();
        killProcess(asker!.pid);
        return breakOff();
      case 'delay':
        await sleep(fate!.delay * (this.options.longestDelay ?? 400));
        return answer(response, await forward());
      case undefined:
        return answer(response, await forward());
    }
  }

  private askerOf({ headers }: IncomingMessage): Asker | undefined {
    const agent = `${String(headers['user-agent'] ?? '')} ${String(headers['x-amz-user-agent'] ?? '')}`;
    const [, pid, name] = new RegExp(`\\bapp/fn-(\\d+)-${this.secret}-([\\w-]+)`).exec(agent) ?? [];
    return pid === undefined ? undefined : { pid: Number(pid), name };
  }

  /** Sends a request on as it came: its signature names the host that it was meant for, and the order of headers is kept. */
  private async forward({ method, url, body }: WireRequest, rawHeaders: readonly string[], { service }: Operation): Promise<Answer> {
    if (this.upstream === undefined) {
      throw new Error('the fault proxy does not know yet where to send requests');
    }
    const target = new URL(service === 'sagemaker' ? this.upstream.sagemaker : this.upstream.aws);
    return new Promise((resolve, reject) => {
      const headers = withoutHopByHop(rawHeaders);
      const to = { host: target.hostname, port: target.port, method, path: url, headers, setHost: false, agent: false };
      const outgoing = send(to, incoming => {
        readAll(incoming)
          .then(read => resolve({ status: incoming.statusCode!, headers: withoutHopByHop(incoming.rawHeaders), body: read }), reject);
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

/** Headers that are about one connection; the proxy has the whole body, so that nothing is left to expect either. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'expect', 'transfer-encoding', 'te', 'upgrade']);

function withoutHopByHop(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, index) => !HOP_BY_HOP.has(rawHeaders[index - (index % 2)].toLowerCase()));
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}

function answerRefusal(response: ServerResponse, kind: Parameters<typeof refusal>[0], operation: Operation): void {
  const { status, headers, body } = refusal(kind, operation);
  response.writeHead(status, headers);
  response.end(body);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') { // it ended meanwhile
      throw error;
    }
  }
}
