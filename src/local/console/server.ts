import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Pictures } from './pictures';
import { consoleShell } from './shell';
import { ConsoleState, Order, ORDERS } from './state';
import { consoleState } from './view';
import { LedgerView } from '../ledger-view';
import { PageToken, sendDone } from '../loopback/own-page';
import { LoopbackServer, RequestError, pathOf, read, readObject, send, sendJson } from '../loopback/server';
import { GroundTruthSimulator } from '../simulator';

/** The project that a console shows, wherever it runs. */
export interface ConsoleProject {
  readonly name: string;
  owns(jobName: string): boolean;
  ledger(): Promise<LedgerView>;
  /** Keys in the drop bucket. */
  inbox(): Promise<readonly string[]>;
  /** Reads the object of an S3 URI. */
  read(uri: string): Promise<Uint8Array>;
  drop(key: string, bytes: Buffer): Promise<void>;
  /** Gives the controller an order, as the command line does. */
  order(name: 'pause' | 'resume'): Promise<void>;
}

export interface ConsoleOptions {
  readonly project: ConsoleProject;
  readonly simulator: GroundTruthSimulator;
  /** Address of the worker page. */
  readonly workerPage: string;
  /** The bundle for the browser. */
  readonly page: string;
  /** Default: a free one. */
  readonly port?: number;
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
  + "form-action 'none'; frame-ancestors 'none'";

/** Longest key that is dropped here, in characters, which leaves room for what the project adds to it. */
const KEY_MAX = 300;

/** The flow of a local project at a loopback address: shows it, takes dropped files, and ends jobs. */
export class Console {
  static async start(options: ConsoleOptions): Promise<Console> {
    const shown = new Console(options);
    shown.server = await LoopbackServer.start((request, response) => shown.serve(request, response), options.port);
    return shown;
  }

  private server!: LoopbackServer;
  private readonly token = new PageToken();
  private readonly secret = randomBytes(16).toString('hex');
  private readonly pictures: Pictures;
  /** One look for all who ask meanwhile. */
  private looking?: Promise<ConsoleState>;

  private constructor(private readonly options: ConsoleOptions) {
    this.pictures = new Pictures((uri) => options.project.read(uri));
  }

  get address(): string {
    return this.server.address;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    switch (`${request.method} ${path}`) {
      case 'GET /': return send(response, 200, 'text/html', consoleShell(this.token.value), { 'content-security-policy': POLICY });
      case 'GET /page.js': return send(response, 200, 'text/javascript', readFileSync(this.options.page));
      case 'GET /state': return sendJson(response, 200, await this.state(request));
      case 'POST /drop': return this.drop(request, response);
      case 'POST /order': return this.order(request, response);
      default: return this.picture(request.method === 'GET' ? path : '', response);
    }
  }

  private async state(request: IncomingMessage): Promise<ConsoleState> {
    this.token.assertIn(request);
    this.looking ??= this.look().finally(() => { this.looking = undefined; });
    return this.looking;
  }

  private async look(): Promise<ConsoleState> {
    const { project, simulator, workerPage } = this.options;
    const [ledger, inbox] = await Promise.all([project.ledger(), project.inbox()]);
    const pictureOf = (kind: 'image' | 'mask') => (uri: string) => `/${this.secret}/${this.pictures.nameOf(uri, kind)}`;
    return consoleState({
      project: project.name, ledger, inbox, workerPage, jobs: simulator.jobs(), pictureOf: pictureOf('image'),
      masks: { pictureOf: pictureOf('mask'), colorsIn: (uri) => this.pictures.colorsIn(uri) },
    });
  }

  private async picture(path: string, response: ServerResponse): Promise<void> {
    const own = `/${this.secret}/`;
    const picture = path.startsWith(own) ? await this.pictures.get(path.slice(own.length)) : undefined;
    if (!picture) {
      throw new RequestError(404, 'There is no such page.');
    }
    send(response, 200, picture.type, picture.bytes, { 'cache-control': 'private, max-age=3600' });
  }

  private async drop(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.server.assertOwnPage(request);
    this.token.assertIn(request);
    const key = new URL(request.url!, this.address).searchParams.get('key') ?? '';
    // eslint-disable-next-line no-control-regex
    if (key === '' || key.length > KEY_MAX || /^\/|[\u0000-\u001f\u007f]/.test(key) || key.split('/').includes('..')) {
      throw new RequestError(400, `A file's name has 1 to ${KEY_MAX} characters, and no control characters.`);
    }
    await this.options.project.drop(key, await read(request));
    sendJson(response, 200, {});
  }

  private async order(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.server.assertOwnPage(request);
    this.token.assertIn(request);
    const { order, job } = await readObject(request);
    if (!ORDERS.includes(order as Order)) {
      throw new RequestError(400, `There is no order ${String(order)}.`);
    }
    await sendDone(response, () => this.carryOut(order as Order, String(job)));
  }

  /** What ends a job names it: the next one may have begun since the page was looked at. */
  private async carryOut(order: Order, job: string): Promise<void> {
    const { project, simulator } = this.options;
    if (order === 'pause' || order === 'resume') {
      return project.order(order);
    }
    if (!project.owns(job) || simulator.jobs().every(({ LabelingJobName }) => LabelingJobName !== job)) {
      throw new RequestError(404, `The project has no job ${job}.`);
    }
    switch (order) {
      case 'expire': return simulator.expire(job);
      case 'stop': return simulator.stopByHand(job);
      case 'fail': return simulator.fail(job, 'ClientError: failed from the console.');
    }
  }
}
