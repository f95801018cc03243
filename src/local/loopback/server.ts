import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { JsonObject, parseJsonObject } from '../simulator/json';

const HOST = '127.0.0.1';

/** A mask of a large image has some megabytes. */
const BODY_MAX_BYTES = 64 * 2 ** 20;

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that cannot be answered as it was meant. */
export class RequestError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** A server for the browser of this machine. It answers to its own address only: a name that an attacker lets point here is not ours. */
export class LoopbackServer {
  /** @param port default: a free one */
  static async start(serve: Serve, port = 0): Promise<LoopbackServer> {
    const server = new LoopbackServer(serve);
    await new Promise<void>((resolve, reject) => {
      server.http.once('error', reject);
      server.http.listen(port, HOST, resolve);
    });
    return server;
  }

  private readonly http: Server;

  private constructor(serve: Serve) {
    this.http = createServer((request, response) => {
      if (!this.names.includes(request.headers.host ?? '')) {
        return send(response, 421, 'text/plain', `This server answers at ${this.address} only.`);
      }
      if (request.method === 'HEAD') {
        request.method = 'GET'; // the body is left out all the same
      }
      if (pathOf(request) === '/favicon.ico') {
        return send(response, 204, 'text/plain', '');
      }
      serve(request, response).catch((error: unknown) => {
        if (response.headersSent) {
          response.destroy();
        } else {
          send(response, error instanceof RequestError ? error.status : 500, 'text/plain', error instanceof Error ? error.message : String(error));
        }
      });
    });
  }

  get address(): string {
    return `http://${this.names[0]}`;
  }

  /** Throws for what another page, or one without an origin, wants to do. */
  assertOwnPage({ headers: { origin } }: IncomingMessage): void {
    if (origin === undefined || !this.names.some((name) => origin === `http://${name}`)) {
      throw new RequestError(403, 'Only this server\'s own page may do this.');
    }
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise<void>((resolve) => this.http.close(() => resolve()));
  }

  private get names(): string[] {
    return namesAt((this.http.address() as AddressInfo).port);
  }
}

/** How browsers call a server of this machine: they leave out port 80, which an address without one means. */
export function namesAt(port: number): string[] {
  const hosts = [HOST, 'localhost'];
  return [...hosts.map((host) => `${host}:${port}`), ...port === 80 ? hosts : []];
}

/** The path of a request, as it was written; through a proxy the address of the server stands before it. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/^http:\/\/[^/?]*/i, '').split('?')[0] || '/';
}

export async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_MAX_BYTES) {
      throw new RequestError(413, `A request has at most ${BODY_MAX_BYTES} bytes.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** The JSON object that a request brings. */
export async function readObject(request: IncomingMessage): Promise<JsonObject> {
  const object = parseJsonObject((await read(request)).toString());
  if (!object) {
    throw new RequestError(400, 'A request has a JSON object, and this one has none that can be read.');
  }
  return object;
}

export function send(
  response: ServerResponse, status: number, type: string, body: string | Uint8Array, headers: { readonly [name: string]: string } = {},
): void {
  response.writeHead(status, {
    'content-type': /^(text|application)\//.test(type) ? `${type}; charset=utf-8` : type,
    'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', ...headers,
  });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}
