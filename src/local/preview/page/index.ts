/*
 * The page around the worker page, in the browser: shows it again whenever a file changed, what is wrong with it, and what was
 * submitted. Everything that comes from the worker page is text.
 */
import { moreThan, printable } from '../../../contract/printable';
import type { FileProblem } from '../../../contract/template-lint';
import type { FormMessage } from '../../crowd/form';
import { shortened } from '../shortened';

interface State {
  readonly title: string;
  readonly page?: string;
  /** The first of those that were found. */
  readonly problems: readonly FileProblem[];
  readonly found: number;
}

const element = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const frame = element<HTMLIFrameElement>('#page');

let exact = '';

function listItem(text: string, className = ''): HTMLLIElement {
  return Object.assign(document.createElement('li'), { className, textContent: printable(text) });
}

/** The server is gone: what is shown stays, and is said to be old. */
function ended(): void {
  element('#title').textContent = 'The preview is not running any more. What is shown here stays as it was; start the preview again, and close this page.';
}

async function show(): Promise<void> {
  const { title, page, problems, found } = await (await fetch('/state')).json() as State;
  element('#title').textContent = `${title}. Reloads when a file is saved.`;
  const section = element('#problems');
  section.hidden = problems.length === 0;
  element('#problems h2').textContent = page === undefined ? 'There is nothing to show' : 'Problems';
  element('#problems ul').replaceChildren(
    ...problems.map(({ file, line, column, severity, message, rule }) => listItem(`${file}:${line}:${column}: ${severity}: ${message} (${rule})`, severity)),
    ...moreThan(problems.length, found).map((text) => listItem(text)),
  );
  frame.hidden = page === undefined;
  element('#answer').hidden = page === undefined && exact === '';
  if (exact !== '') {
    element('#answer h2').textContent = 'Answer, as the page before gave it';
  }
  frame.src = page ?? 'about:blank';
}

window.addEventListener('message', ({ source, data }: MessageEvent<Partial<FormMessage>>) => {
  if (source !== frame.contentWindow || data?.crowd !== 'answer') {
    return;
  }
  exact = JSON.stringify(data.answer, undefined, 2);
  element('#answer h2').textContent = 'Answer';
  const text = element('#answer pre');
  text.textContent = JSON.stringify(shortened(data.answer), undefined, 2);
  text.hidden = false;
  element('#answer p').hidden = true;
  element('#answer button').hidden = false;
  element('#answer').scrollIntoView({ block: 'nearest' });
  fetch('/answer', { method: 'POST', body: exact }).catch(ended);
});

element('#answer button').addEventListener('click', () => void navigator.clipboard.writeText(exact));
const events = new EventSource('/events');
events.addEventListener('message', () => void show().catch(ended));
events.addEventListener('error', ended);
