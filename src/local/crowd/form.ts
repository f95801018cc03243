import { make } from './dom';
import { STYLE } from './style';
import type { Answering } from './tool';

/** What the page around is told. Whoever has the worker page in a frame listens to this. */
export interface FormMessage {
  readonly crowd: 'answer';
  /** What Ground Truth would keep of this worker: the value of each named element. */
  readonly answer: { readonly [name: string]: unknown };
}

/** `crowd-form`: gathers the answers and submits them. */
export class Form extends HTMLElement {
  private readonly message = make('p', { class: 'problem', role: 'alert' });

  connectedCallback(): void {
    if (this.shadowRoot) {
      return;
    }
    this.attachShadow({ mode: 'open' }).append(
      make('style', {}, STYLE),
      make('main', {},
        make('slot'),
        make('div', { class: 'end' }, this.message, make('button', { type: 'button', class: 'submit', click: () => this.submit() }, 'Submit')),
        make('p', { class: 'note' }, 'These are local stand-ins for Amazon’s Crowd HTML Elements: they look different, and give the same answers.',
          ...this.unknown.length === 0 ? [] : [` There is none for ${this.unknown.join(', ')}.`])),
    );
  }

  /** As a click on the button. */
  submit(): void {
    const named = [...this.querySelectorAll<Answering>('[name]')].filter((element) => 'value' in element);
    const problem = named.map((element) => element.problem).find((each) => each !== undefined);
    this.message.textContent = problem ?? '';
    // the page's own script may refuse
    if (problem !== undefined || !this.dispatchEvent(new Event('submit', { cancelable: true, bubbles: true }))) {
      return;
    }
    const answer = Object.fromEntries(named.filter(isGiven).map((element) => [element.getAttribute('name')!, element.value]));
    const message: FormMessage = { crowd: 'answer', answer };
    window.parent.postMessage(message, '*');
  }

  private get unknown(): string[] {
    const names = [...this.querySelectorAll('*')].map(({ localName }) => localName);
    return [...new Set(names.filter((name) => name.startsWith('crowd-') && !customElements.get(name) && !KNOWN.has(name)))].sort();
  }
}

/** The stand-ins that there are; defined one after the other, so that none can be asked for the others. */
export const KNOWN = new Set<string>();

function isGiven(element: HTMLElement): boolean {
  return !(element instanceof HTMLInputElement && /^(radio|checkbox)$/.test(element.type) && !element.checked);
}
