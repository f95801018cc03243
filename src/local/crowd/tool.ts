import { make } from './dom';
import { looseJson } from './loose-json';
import { STYLE } from './style';

/** An element of a form with an answer of its own. */
export interface Answering extends HTMLElement {
  /** What is submitted under the element's `name`. */
  readonly value: unknown;
  /** Why it cannot be submitted yet. */
  readonly problem?: string;
}

/** What the elements for a whole task have in common: header, instructions, the image, and room for tools. */
export abstract class Tool extends HTMLElement implements Answering {
  abstract readonly value: unknown;
  protected readonly image = make('img', { alt: 'The image to label', part: 'image' });
  /** Around the image, in the page itself and not in the shadow: drawing libraries look for their elements there. */
  protected readonly stage = make('div', { class: 'crowd-stage', slot: 'stage' });
  protected readonly tools = make('section', { 'class': 'tools', 'aria-label': 'Tools' });
  private built = false;

  get problem(): string | undefined {
    return this.tools.querySelector('.broken')?.textContent ?? undefined;
  }

  connectedCallback(): void {
    if (this.built) {
      return;
    }
    this.built = true;
    const root = this.attachShadow({ mode: 'open' });
    this.stage.append(this.image);
    this.append(this.stage);
    root.append(
      make('style', {}, STYLE),
      make('h1', {}, this.getAttribute('header') ?? ''),
      make('div', { class: 'columns' }, this.instructions(), make('div', { class: 'picture' }, make('slot', { name: 'stage' })), this.tools),
    );
    this.image.src = this.getAttribute('src') ?? '';
    try {
      this.build();
      void this.image.decode().then(() => this.start()).catch((error: unknown) =>
        // what cannot be decoded has no other name
        this.fail(error instanceof DOMException ? 'The image cannot be shown: its address leads to no image.' : String(error)));
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** Puts the tools into place. */
  protected abstract build(): void;

  /** The image is there. */
  protected start(): void {}

  /** Says why nobody can work here. */
  protected fail(reason: string): void {
    if (!this.tools.querySelector('.broken')) {
      this.tools.prepend(make('p', { class: 'broken', role: 'alert' }, reason));
    }
  }

  /** The choices of the attribute that has them. */
  protected choices(attribute: string): string[] {
    const names = this.json(attribute);
    if (!Array.isArray(names) || names.some((name) => typeof name !== 'string') || names.length === 0) {
      throw new Error(`The attribute ${attribute} must be a list of strings; it is ${this.getAttribute(attribute) ?? 'missing'}`);
    }
    return names as string[];
  }

  /** The value of an attribute; undefined where there is none. */
  protected json(attribute: string): unknown {
    const text = this.getAttribute(attribute);
    if (text === null || text.trim() === '') {
      return undefined;
    }
    try {
      return looseJson(text);
    } catch {
      throw new Error(`The attribute ${attribute} cannot be read: ${text}`);
    }
  }

  private instructions(): HTMLElement {
    const full = this.querySelector('full-instructions');
    full?.setAttribute('slot', 'full');
    this.querySelector('short-instructions')?.setAttribute('slot', 'short');
    const title = full?.getAttribute('header') || 'Instructions';
    const dialog = make('dialog', { 'aria-label': title }, make('h2', { tabindex: -1, autofocus: true }, title), make('slot', { name: 'full' }),
      make('form', { method: 'dialog' }, make('button', {}, 'Close')));
    return make('aside', { 'aria-label': 'Instructions' }, make('h2', {}, 'Instructions'), make('slot', { name: 'short' }),
      ...full === null ? [] : [make('button', { type: 'button', click: () => dialog.showModal() }, 'View full instructions'), dialog]);
  }
}
