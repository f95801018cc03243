/*
 * The console's page, in the browser: asks how the project is, shows it, and hands on files and orders. All that it shows is text and
 * pictures of this server.
 */
import { h, render } from 'preact';
import { Actions, Said, View } from './view';
import type { ConsoleState, Order } from '../../console/state';
import { ask } from '../ask';

const LOOK_EVERY = 1_000;

const root = document.querySelector('#console')!;
let state: ConsoleState | undefined;
let said: Said = { text: '' };

function show(): void {
  if (state !== undefined) {
    document.querySelector('.empty')?.remove();
    render(h(View, { state, said, actions }), root);
  }
}

function say(text: string, isProblem = false): void {
  said = { text, isProblem };
  show();
}

/** Does something and says how it went. */
async function tried(work: () => Promise<string>): Promise<void> {
  try {
    say(await work());
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true);
  }
  await look();
}

const DONE: { readonly [order in Order]: string } = {
  pause: 'Paused: nothing more is given to workers.',
  resume: 'It goes on.',
  expire: 'The job ended, as after its 30 days.',
  stop: 'The job is being stopped by hand, which pauses the project.',
  fail: 'The job failed.',
};

const actions: Actions = {
  drop: (files) => void tried(async () => {
    for (const [index, file] of files.entries()) {
      say(`Dropping ${file.name} (${index + 1} of ${files.length}) ...`);
      await ask(`/drop?key=${encodeURIComponent(file.name)}`, file);
    }
    return files.length === 1 ? `Dropped ${files[0].name}.` : `Dropped ${files.length} files.`;
  }),
  order: (order, job) => void tried(async () => {
    await ask('/order', { order, job });
    return DONE[order];
  }),
};

let isLost = false;

async function look(): Promise<void> {
  try {
    state = await ask<ConsoleState>('/state');
    if (isLost) {
      isLost = false;
      said = { text: '' };
    }
    show();
  } catch (error) {
    isLost = true;
    say(`The console does not answer: ${error instanceof Error ? error.message : String(error)}`, true);
  }
}

async function keepLooking(): Promise<void> {
  await look();
  setTimeout(() => void keepLooking(), LOOK_EVERY);
}

// a file that misses the zone would take the place of the page
for (const name of ['dragover', 'drop']) {
  document.addEventListener(name, (event) => event.preventDefault());
}
void keepLooking();
