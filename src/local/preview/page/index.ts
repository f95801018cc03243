/*
 * The page around the worker page, in the browser: shows it again whenever a file changed, what is wrong with it, and what was
 * submitted. Everything that comes from the worker page is text.
 */
import type { FileProblem } from '../../../contract/template-lint';
import type { FormMessage } from '../../crowd/form';
import { shortened } from '../shortened';

interface State {
  readonly title: string;
  readonly page?: string;
  readonly problems: readonly FileProblem[];
}

const element = <T extends HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
const frame = element<HTMLIFrameElement>('#page');

async function show(): Promise<void> {
  const { title, page, problems } = await (await fetch('/state')).json() as State;
  element('#title').textContent = `${title}. Reloads when a file is saved.`;
  const section = element('#problems');
  section.hidden = problems.length === 0;
  element('#problems h2').textContent = page === undefined ? 'There is nothing to show' : 'Problems';
  element('#problems ul').replaceChildren(...problems.map(({ file, line, column, severity, message, rule }) => {
    const item = document.createElement('li');
    item.className = severity;
    item.textContent = `${file}:${line}:${column}: ${severity}: ${message} (${rule})`;
    return item;
  }));
  frame.hidden = page === undefined;
  frame.src = page ?? 'about:blank';
}

let exact = '';
window.addEventListener('message', ({ source, data }: MessageEvent<Partial<FormMessage>>) => {
  if (source !== frame.contentWindow || data?.crowd !== 'answer') {
    return;
  }
  exact = JSON.stringify(data.answer, undefined, 2);
  const text = element('#answer pre');
  text.textContent = JSON.stringify(shortened(data.answer), undefined, 2);
  text.hidden = false;
  element('#answer p').hidden = true;
  element('#answer button').hidden = false;
  element('#answer').scrollIntoView({ block: 'nearest' });
  void fetch('/answer', { method: 'POST', body: exact });
});

element('#answer button').addEventListener('click', () => void navigator.clipboard.writeText(exact));
new EventSource('/events').addEventListener('message', () => void show());
