/*
 * The page around the worker page, in the browser: shows it again whenever it became another one, what is wrong with it, and what was
 * submitted. Everything that comes from the worker page is text.
 */
import type { FormMessage } from '../../crowd/form';
import { shortened } from '../shortened';
import type { PreviewState } from '../state';

/** How often is asked for news, in milliseconds. A connection that stayed open would be one of the six that all tabs have together. */
const ASK_EVERY = 400;
/** The same where nobody answers. */
const ASK_AGAIN = 3_000;

const element = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const frame = element<HTMLIFrameElement>('#page');

/** The last answer, whole. */
let exact = '';
let shownPage: string | undefined;
let shownState = '';

function listItem(text: string, className = ''): HTMLLIElement {
  return Object.assign(document.createElement('li'), { className, textContent: text });
}

/** The server is gone: what is shown stays, and is said to be old. */
function ended(): void {
  shownState = '';
  element('#title').textContent = 'The preview is not running any more. What is shown here stays as it was; start the preview again, and close this page.';
}

function show({ title, note = '', page, problems, more }: PreviewState): void {
  element('#title').textContent = `${title}. Saved changes are shown by themselves.`;
  element('#note').textContent = note;
  element('#note').hidden = note === '';
  element('#problems').hidden = problems.length === 0;
  element('#problems h2').textContent = page === undefined ? 'There is nothing to show' : 'Problems';
  element('#problems ul').replaceChildren(
    ...problems.map(({ severity, text }) => listItem(text, severity)), ...more.map((text) => listItem(text)),
  );
  frame.hidden = page === undefined;
  element('#answer').hidden = page === undefined && exact === '';
  // what was drawn stays, for as long as it was drawn on this page
  if (page === undefined || page === shownPage) {
    return;
  }
  shownPage = page;
  if (exact !== '') {
    element('#answer h2').textContent = 'Answer, as the page before gave it';
  }
  frame.src = page;
}

async function ask(): Promise<boolean> {
  try {
    const state = await (await fetch('/state')).text();
    if (state !== shownState) {
      show(JSON.parse(state) as PreviewState);
      shownState = state;
    }
    return true;
  } catch {
    ended();
    return false;
  }
}

async function watch(): Promise<never> {
  for (;;) {
    const answered = document.hidden || await ask();
    await new Promise((resolve) => setTimeout(resolve, answered ? ASK_EVERY : ASK_AGAIN));
  }
}

window.addEventListener('message', ({ source, data }: MessageEvent<Partial<FormMessage>>) => {
  if (source !== frame.contentWindow || data?.crowd !== 'answer') {
    return;
  }
  exact = JSON.stringify(data.answer, undefined, 2);
  element('#answer h2').textContent = 'Answer';
  element('#answer pre').textContent = JSON.stringify(shortened(data.answer), undefined, 2);
  element('#answer pre').hidden = false;
  element('#answer > p').hidden = true;
  element('#answer div').hidden = false;
  element('#copied').textContent = '';
  element('#answer').scrollIntoView({ block: 'nearest' });
  fetch('/answer', { method: 'POST', body: exact }).catch(ended);
});

/** Puts the whole answer into the clipboard; where the browser lets nobody do that, before the person, to be copied by hand. */
async function copy(): Promise<void> {
  const text = element('#answer pre');
  const copied = element('#copied');
  copied.textContent = '';
  try {
    await navigator.clipboard.writeText(exact);
    copied.textContent = 'Copied.';
  } catch {
    text.textContent = exact;
    text.focus();
    getSelection()?.selectAllChildren(text);
    copied.textContent = 'The browser did not allow it. The whole answer is selected now: copy it with the keyboard.';
  }
}

element('#answer button').addEventListener('click', () => void copy());
void watch();
