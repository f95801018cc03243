import { channels, labelColors } from './colors';
import { make } from './dom';
import { Tool } from './tool';

/** What an earlier task said of the image, to be judged. */
interface Overlay {
  readonly boundingBox?: { readonly labels?: string[]; readonly value?: readonly OverlayBox[] };
  readonly semanticSegmentation?: { readonly src?: string; readonly labelMappings?: LabelMappings };
}

/** What the colours of a mask mean. */
export interface LabelMappings {
  readonly [label: string]: { readonly color: string };
}

interface OverlayBox {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Choosing among `categories`: one of them, or all that fit. */
abstract class Classifier extends Tool {
  protected abstract readonly kind: 'radio' | 'checkbox';
  protected abstract readonly question: string;

  protected get chosen(): string[] {
    return this.inputs.filter(({ checked }) => checked).map(({ value }) => value);
  }

  override get problem(): string | undefined {
    return super.problem ?? (this.chosen.length === 0 ? this.question : undefined);
  }

  protected get inputs(): HTMLInputElement[] {
    return [...this.tools.querySelectorAll<HTMLInputElement>('fieldset input')];
  }

  protected override build(): void {
    const choices = this.choices('categories').map((name) => this.choice(name));
    this.tools.append(make('fieldset', {}, make('legend', {}, this.question), ...choices));
    // any class by its number, wherever the focus is
    document.addEventListener('keydown', (event) => {
      const typing = event.composedPath().some((target) => target instanceof HTMLElement && target.matches('textarea, dialog, input:not([type=radio], [type=checkbox])'));
      if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && /^[1-9]$/.test(event.key)) {
        this.inputs[Number(event.key) - 1]?.click();
      }
    });
  }

  protected choice(name: string, attributes: { readonly [name: string]: string } = {}): HTMLElement {
    return make('label', { class: 'choice' }, make('input', { type: this.kind, name: 'choice', value: name, ...attributes }), make('span', {}, name));
  }
}

/** `crowd-image-classifier`: one class; where there is an `overlay`, what is thought of an earlier label. */
export class ImageClassifier extends Classifier {
  protected readonly kind = 'radio';
  protected readonly question = 'Choose one class.';
  private comment?: HTMLTextAreaElement;

  get value(): unknown {
    const workerComment = this.comment?.value.trim();
    return { label: this.chosen[0], ...workerComment ? { workerComment } : {} };
  }

  protected override build(): void {
    super.build();
    const words = this.querySelector('worker-comment');
    if (words) {
      this.comment = make('textarea', { rows: 3, placeholder: words.getAttribute('placeholder') ?? '' });
      words.setAttribute('slot', 'comment');
      this.tools.append(make('details', {}, make('summary', {}, words.getAttribute('link-text') ?? 'Add a comment'),
        make('label', {}, make('strong', {}, words.getAttribute('header') ?? 'Add a comment'), make('slot', { name: 'comment' }), this.comment)));
    }
  }

  protected override start(): void {
    const overlay = this.json('overlay') as Overlay | undefined;
    const { naturalWidth, naturalHeight } = this.image;
    const boxes = overlay?.boundingBox?.value ?? [];
    const colors = labelColors([...new Set([...overlay?.boundingBox?.labels ?? [], ...boxes.map(({ label }) => label)])]);
    for (const { label, left, top, width, height } of boxes) {
      const box = make('div', { class: 'crowd-box' }, make('span', {}, label));
      box.style.cssText = `left:${percent(left, naturalWidth)};top:${percent(top, naturalHeight)};width:${percent(width, naturalWidth)};height:${percent(height, naturalHeight)};border-color:${colors[label]}`;
      this.stage.append(box);
    }
    const { src, labelMappings = {} } = overlay?.semanticSegmentation ?? {};
    if (src) {
      this.stage.append(make('img', { class: 'crowd-mask', alt: 'The mask to judge', src }));
      this.tools.append(...Object.entries(labelMappings).map(([label, { color }]) => legend(label, color)));
    }
  }
}

const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;

/** A label's colour and name. */
export function legend(label: string, color: string): HTMLElement {
  const swatch = make('span', { class: 'swatch' });
  swatch.style.background = `rgb(${channels(color).join()})`;
  return make('div', { class: 'choice' }, swatch, make('span', {}, label));
}

/** `crowd-image-classifier-multi-select`: all classes that fit, or the one that excludes the others. */
export class ImageClassifierMultiSelect extends Classifier {
  protected readonly kind = 'checkbox';
  protected readonly question = 'Choose all classes that fit.';

  get value(): unknown {
    return { labels: this.chosen };
  }

  protected override build(): void {
    super.build();
    const exclusion = (this.json('exclusion-category') as { readonly text?: string } | undefined)?.text;
    if (exclusion !== undefined) {
      this.tools.querySelector('fieldset')!.append(this.choice(exclusion, { 'data-excludes': '' }));
    }
    this.tools.addEventListener('change', (event) => {
      const { checked, dataset } = event.target as HTMLInputElement;
      for (const other of this.inputs.filter((input) => input !== event.target && checked)) {
        if (dataset.excludes !== undefined || other.dataset.excludes !== undefined) {
          other.checked = false;
        }
      }
    });
  }
}
