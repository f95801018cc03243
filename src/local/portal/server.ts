import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Desk } from './desk';
import { Seat } from './seat';
import { portalShell } from './shell';
import { PageToken, sendDone } from '../loopback/own-page';
import { LoopbackServer, RequestError, pathOf, readObject, send, sendJson } from '../loopback/server';
import { asDocument, withStandIns } from '../preview/document';
import { GroundTruthSimulator, JsonObject, Readable, SimulatorError, isJsonObject } from '../simulator';

export interface PortalOptions {
  readonly simulator: GroundTruthSimulator;
  /** What `grant_read_access` gives: an address of an object for the worker's browser. */
  readonly readable: Readable;
  /** The origins of these addresses. */
  readonly imageOrigins: readonly string[];
  /** The bundles for the browser. */
  readonly bundles: { readonly standIns: string; readonly page: string };
  /** Default: a free one. */
  readonly port?: number;
}

/** Nothing but what is ours runs in the page around. */
const SHELL_POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; frame-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of workers, whose names go into ids and files, and of visits. */
const NAME = /^[\w-]{1,40}$/;

/**
 * The worker pages of the live job at a loopback address, one task after the other.
 *
 * A page is its job's own template, which anybody may have written: it has no origin, loads nothing but its images and the stand-ins,
 * and sends nothing anywhere. What it says reaches the page around it, which alone has the token that this server asks for.
 */
export class WorkerPortal {
  static async start(options: PortalOptions): Promise<WorkerPortal> {
    const portal = new WorkerPortal(options);
    portal.server = await LoopbackServer.start((request, response) => portal.serve(request, response), options.port);
    return portal;
  }

  readonly desk: Desk;
  private server!: LoopbackServer;
  private readonly token = new PageToken();
  private readonly secret = randomBytes(16).toString('hex');

  private constructor(private readonly options: PortalOptions) {
    this.desk = new Desk(options.simulator);
  }

  get address(): string {
    return this.server.address;
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { bundles } = this.options;
    const path = pathOf(request);
    const pages = `/${this.secret}/pages/`;
    switch (`${request.method} ${path}`) {
      case 'GET /': return send(response, 200, 'text/html', portalShell(this.token.value), { 'content-security-policy': SHELL_POLICY });
      case 'GET /page.js': return send(response, 200, 'text/javascript', readFileSync(bundles.page));
      case `GET /${this.secret}/stand-ins.js`: return send(response, 200, 'text/javascript', readFileSync(bundles.standIns));
      case 'POST /take': return sendJson(response, 200, await this.take(await this.order(request)));
      case 'POST /submit': return this.submit(await this.order(request), response);
      case 'POST /leave': return this.leave(await this.order(request), response);
      case 'POST /decline': return this.decline(await this.order(request), response);
      default:
        if (request.method !== 'GET' || !path.startsWith(pages)) {
          throw new RequestError(404, 'There is no such page.');
        }
        return this.page(decoded(path.slice(pages.length)), request, response);
    }
  }

  /** What the page around wants; no other page knows the token. */
  private async order(request: IncomingMessage): Promise<Order> {
    this.server.assertOwnPage(request);
    this.token.assertIn(request);
    const { worker, visit, task = '', form = {} } = await readObject(request);
    if (!isName(worker) || !isName(visit) || typeof task !== 'string' || !isJsonObject(form)) {
      throw new RequestError(400, 'The name of a worker, and that of a visit, has up to 40 letters, digits, _ and -.');
    }
    return { worker, visit, task, form };
  }

  private async take({ worker, visit }: Order): Promise<Seat> {
    const seat = await this.desk.take(worker, visit);
    return { ...seat, ...seat.task && { page: `/${this.secret}/pages/${encodeURIComponent(seat.task.id)}` } };
  }

  private async submit({ worker, task, form }: Order, response: ServerResponse): Promise<void> {
    await sendDone(response, async () => {
      await this.options.simulator.submitForm(task, worker, form);
      this.desk.leave(worker);
    });
  }

  private async leave({ worker, visit }: Order, response: ServerResponse): Promise<void> {
    await this.desk.giveBack(worker, visit);
    sendJson(response, 200, {});
  }

  private async decline({ worker, task }: Order, response: ServerResponse): Promise<void> {
    await sendDone(response, async () => {
      await this.options.simulator.decline(task, worker);
      this.desk.leave(worker);
    });
  }

  private async page(task: string, { headers: { host } }: IncomingMessage, response: ServerResponse): Promise<void> {
    const policy = this.policy(`http://${host}`);
    try {
      const { html } = await this.options.simulator.page(task, this.options.readable);
      send(response, 200, 'text/html', asDocument(withStandIns(html, `/${this.secret}/stand-ins.js`)), { 'content-security-policy': policy });
    } catch (error) {
      if (!(error instanceof SimulatorError)) {
        throw error;
      }
      send(response, 409, 'text/plain', `Nobody can do this task: ${error.message}`, { 'content-security-policy': policy });
    }
  }

  private policy(own: string): string {
    const images = this.options.imageOrigins.join(' ');
    return `sandbox allow-scripts allow-forms allow-modals; default-src 'none'; script-src 'unsafe-inline' ${own}/${this.secret}/; style-src 'unsafe-inline'; `
      + `img-src ${images} data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors ${own}`;
  }
}

interface Order {
  readonly worker: string;
  /** One opening of the page. */
  readonly visit: string;
  readonly task: string;
  readonly form: JsonObject;
}

const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(404, 'There is no such page.');
  }
}
