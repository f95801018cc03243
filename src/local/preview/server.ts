import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { LOADER, asDocument, withLoader, withStandIns } from './document';
import { stateOf } from './folder';
import { SHELL } from './shell';
import { PreviewState } from './state';
import { PreviewSource, PreviewedPage, inventedInput, previewedPage } from './worker-page';
import { moreThan } from '../../contract/printable';
import { firstProblems, formatProblem } from '../../lint';
import { LoopbackServer, pathOf, read, readObject, send, sendJson } from '../loopback/server';

export interface PreviewOptions extends PreviewSource {
  /** Default: a free one. */
  readonly port?: number;
  /** The bundles for the browser. */
  readonly bundles: { readonly standIns: string; readonly shell: string };
  /** Do not even ask for Amazon's script. */
  readonly standInsOnly?: boolean;
  /** Called with the page, and again after each save that it was made anew for. */
  readonly onPage?: (page: PreviewedPage) => void;
  /** Called with each answer that was submitted, as JSON. */
  readonly onAnswer?: (json: string) => void;
}

/** How often the files are looked at, in milliseconds: works where file systems tell of no changes. */
const LOOK_EVERY = 300;

/** Nothing but what is ours runs in the page around; the worker page has an address space of its own. */
const SHELL_POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The worker page can do whatever scripts do, to itself: it has no origin, so it reads neither the page around it nor other servers'
 * answers, and what it needs lies below a path that only it is told.
 */
const WORKER_POLICY = 'sandbox allow-scripts allow-forms allow-modals allow-popups';

/** The preview of a worker page at a loopback address. */
export class Preview {
  static async start(options: PreviewOptions): Promise<Preview> {
    const preview = new Preview(options);
    preview.server = await LoopbackServer.start((request, response) => preview.serve(request, response), options.port);
    try {
      preview.look();
    } catch (error) {
      await preview.close(); // or it would serve for ever
      throw error;
    }
    preview.timer = setInterval(() => preview.look(), LOOK_EVERY);
    return preview;
  }

  private server!: LoopbackServer;
  private readonly secret = randomBytes(16).toString('hex');
  private timer?: NodeJS.Timeout;
  private state = '';
  private page: PreviewedPage = { problems: [], files: new Map() };
  private fingerprint = '';

  private constructor(private readonly options: PreviewOptions) {}

  get address(): string {
    return this.server.address;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.server.close();
  }

  /** Renders anew if a file changed. */
  private look(): void {
    const state = stateOf(this.options.path, this.options.image);
    if (state === this.state) {
      return;
    }
    this.state = state;
    this.page = previewedPage(this.options, (name) => `/${this.secret}/files/${name}`);
    this.fingerprint = fingerprintOf(this.page);
    this.options.onPage?.(this.page);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${pathOf(request)}`;
    const own = `/${this.secret}/`;
    switch (route) {
      case 'GET /': return send(response, 200, 'text/html', SHELL, { 'content-security-policy': SHELL_POLICY });
      case 'GET /shell.js': return send(response, 200, 'text/javascript', readFileSync(this.options.bundles.shell));
      case 'GET /state': return sendJson(response, 200, this.shown());
      case 'POST /answer': return this.answered(request, response);
      case `GET ${own}page`: return send(response, 200, 'text/html', this.html(own), { 'content-security-policy': WORKER_POLICY });
      case `POST ${own}page`: return this.submitted(request, response);
      case `GET ${own}load.js`: return send(response, 200, 'text/javascript', LOADER);
      case `GET ${own}stand-ins.js`: return send(response, 200, 'text/javascript', readFileSync(this.options.bundles.standIns));
      default: return this.file(route, `GET ${own}files/`, response);
    }
  }

  private file(route: string, folder: string, response: ServerResponse): void {
    const file = route.startsWith(folder) ? this.page.files.get(route.slice(folder.length)) : undefined;
    return file === undefined ? send(response, 404, 'text/plain', 'There is no such page.')
      // the worker page reads the pixels of masks; it has no origin that could be named
      : send(response, 200, file.type, file.bytes, { 'access-control-allow-origin': 'null' });
  }

  private shown(): PreviewState {
    const { problems, html } = this.page;
    const first = firstProblems(problems);
    return {
      title: `${this.options.path}: ${this.options.task.type}`, note: inventedInput(this.options),
      ...html === undefined ? {} : { page: `/${this.secret}/page?${this.fingerprint}` },
      problems: first.map((problem) => ({ severity: problem.severity, text: formatProblem(problem.file, problem) })),
      more: moreThan(first.length, problems.length),
    };
  }

  private html(own: string): string {
    const html = this.page.html ?? '';
    const standIns = `${own}stand-ins.js`;
    return asDocument(this.options.standInsOnly ? withStandIns(html, standIns) : withLoader(html, `${own}load.js`, standIns));
  }

  private async answered(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.server.assertOwnPage(request);
    this.options.onAnswer?.(JSON.stringify(await readObject(request)));
    return send(response, 204, 'text/plain', '');
  }

  /** Amazon's own elements submit a form; its fields go to the page around. */
  private async submitted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams((await read(request)).toString());
    const fields = Object.fromEntries([...form].map(([name, value]) => [name, parsed(value)]));
    const message = JSON.stringify({ crowd: 'answer', answer: fields }).replaceAll('<', '\\u003c');
    return send(response, 200, 'text/html', `<!DOCTYPE html><html lang="en"><title>Submitted</title><p>Submitted.</p><script>parent.postMessage(${message}, '*')</script>`,
      { 'content-security-policy': WORKER_POLICY });
  }
}

/** The same for pages that look the same and read the same files. */
function fingerprintOf({ html = '', files }: PreviewedPage): string {
  const hash = createHash('sha256').update(html);
  files.forEach(({ bytes }, name) => hash.update(`\0${name} ${bytes.length}\0`).update(bytes));
  return hash.digest('hex').slice(0, 16);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
