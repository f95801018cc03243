/*
 * The page around the worker pages, in the browser: takes a task, shows its page, hands on what is submitted, takes the next.
 * Everything that comes from a worker page is data.
 */
import type { FormMessage } from '../../crowd/form';
import type { Seat } from '../../portal/seat';
import { ask } from '../ask';

const LOOK_EVERY = 700;

const worker = new URLSearchParams(location.search).get('worker') ?? 'you';
const element = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const decline = element<HTMLButtonElement>('#decline');

/** What this page takes until it is left. */
let visit = crypto.randomUUID();
/** Undefined: there is none. Null: whatever is shown is over. */
let shown: string | null | undefined = null;
/** What people call its image. */
let name = '';
let frame: HTMLIFrameElement | undefined;
/** Taking and submitting happen one after the other. */
let turn: Promise<void> = Promise.resolve();

function inTurn(work: () => Promise<void>): void {
  turn = turn.then(work).catch((error: unknown) => say(error instanceof Error ? error.message : String(error), true));
}

function say(text: string, isProblem = false): void {
  element('#said').textContent = text;
  element('#said').className = isProblem ? 'error' : '';
}

async function take(): Promise<void> {
  const { task, page, waiting, unloadable } = await ask<Seat>('/take', { worker, visit });
  const broken = unloadable === 0 ? '' : ` ${unloadable} cannot be shown: no browser may read their images.`;
  element('#task').textContent = task === undefined ? `You are ${worker}.${broken}`
    : `${task.title}: ${task.name}, of job ${task.job}. ${waiting === 0 ? 'No other waits.' : `${waiting} more wait${waiting === 1 ? 's' : ''}.`}${broken}`;
  if (task?.id === shown) {
    return;
  }
  if (typeof shown === 'string') {
    say('The task before is gone: its job ended, or its time was over.', true);
  }
  shown = task?.id;
  name = task?.name ?? '';
  element('#idle').hidden = task !== undefined;
  decline.hidden = task === undefined;
  show(page);
}

/** In a frame of its own: what the page before still says is not taken for an answer to this task. */
function show(page: string | undefined): void {
  frame?.remove();
  frame = undefined;
  if (page !== undefined) {
    const next = Object.assign(document.createElement('iframe'), { title: 'Worker page', src: page });
    next.setAttribute('sandbox', 'allow-scripts allow-forms allow-modals');
    next.addEventListener('load', () => next.focus(), { once: true });
    element('main').append(next);
    frame = next;
  }
}

async function finish(task: typeof shown, path: string, more: object, done: string): Promise<void> {
  if (typeof task !== 'string' || task !== shown) {
    return;
  }
  await ask(path, { worker, visit, task, ...more });
  say(`${done}: ${name}.`);
  shown = null;
  await take();
}

window.addEventListener('message', ({ source, data }: MessageEvent<Partial<FormMessage>>) => {
  if (source !== null && source === frame?.contentWindow && data?.crowd === 'answer') {
    const task = shown;
    inTurn(() => finish(task, '/submit', { form: data.answer }, 'Submitted'));
  }
});
decline.addEventListener('click', () => {
  const task = shown;
  inTurn(() => finish(task, '/decline', {}, 'Declined'));
});

// a closed tab keeps no task: another takes it over. A page that comes back takes one at its next look, as a visit of its own.
window.addEventListener('pagehide', () => {
  void ask('/leave', { worker, visit }, { keepalive: true }).catch(() => undefined);
  visit = crypto.randomUUID();
});

inTurn(take);
setInterval(() => inTurn(take), LOOK_EVERY);
