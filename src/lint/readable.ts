import { Token } from 'parse5';
import { bindImages } from './bind';
import { FOREIGN, OPTIONAL_END, REGIONS, VOID_ELEMENTS } from './elements';
import { pageOf } from './folder';
import { TEXT_MODE, TokenReader, readTokens } from './html';
import { renderPage } from './render';
import { escaped } from './text';
import { offeredLabels } from '../contract/job-labels';
import { LABELING_TASKS } from '../contract/labeling-tasks';
import { InstructionFolder } from '../contract/template-lint';
import { PageTask } from '../contract/worker-template';

/** Instructions out of a worker page: HTML with nothing in it that acts, or that comes from elsewhere. */
export interface ReadablePart {
  readonly region: string;
  /** The region's own heading. */
  readonly header?: string;
  readonly html: string;
}

/** Where a worker page has what one reads. The rest of it is work, which nobody can do without a task. */
const READ = new Set(Object.keys(REGIONS).filter((name) => !['classification-target', 'worker-comment'].includes(name)));

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Elements that only say how their text is meant. What is none of them, nor left out, stays as its text. */
const KEPT = names('a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark '
  + 'ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var');

/** Parts of a whole page, which this is none of. */
const BLOCKS = names('article aside center fieldset footer form header main nav section');

/** Left out with all that they have in them. */
const LEFT_OUT = names('audio button canvas datalist iframe math noembed noframes noscript object script select style svg template textarea title video');

const ATTRIBUTES: { readonly [element: string]: RegExp } = {
  abbr: /^title$/, details: /^open$/, img: /^(width|height)$/, ol: /^(start|reversed|type)$/, td: /^(colspan|rowspan)$/, th: /^(colspan|rowspan|scope)$/,
};

const LINK = /^(https?:|mailto:)/i;

/**
 * What people read of a folder of instructions, which has been checked, without a task before them. What only repeats the description
 * of the task is left out, and so are the descriptions of its labels: a page says both by itself. Liquid is done as for an image of
 * which nothing is known.
 *
 * @param addresses of the example images, where a browser finds them; no other image is shown
 */
export function readableInstructions(
  folder: InstructionFolder, task: PageTask, addresses: { readonly [image: string]: string },
): readonly ReadablePart[] {
  const labels = task.labels.map(({ description: _, ...label }) => label);
  const { template } = bindImages(pageOf(folder.files, { ...task, labels }), addresses);
  const input = LABELING_TASKS[task.type].page === undefined ? {} : { taskObject: '', labels: offeredLabels(task), manifestLine: {} };
  const said = escaped(task.description);
  return readableParts(renderPage(template, input, (uri) => uri), new Set(Object.values(addresses)))
    .filter(({ html }) => html !== '' && html !== said && html !== `<p>${said}</p>`);
}

/** @param images addresses that may be shown */
export function readableParts(page: string, images: ReadonlySet<string>): readonly ReadablePart[] {
  const reader = new PartReader(images);
  readTokens(page, reader);
  reader.leave();
  return reader.parts;
}

/** Writes what it reads anew, element for element: nothing gets through that it does not know. */
class PartReader implements TokenReader {
  readonly parts: ReadablePart[] = [];
  enter?: (mode: number) => void;
  private part?: { readonly region: string; readonly header?: string; html: string };
  /** Elements as they are called in the page, and as they are written. */
  private readonly open: string[] = [];
  private readonly written: string[] = [];
  /** Levels of the headings that what follows is under. */
  private readonly above: number[] = [];
  /** What is left out, and how many of it are open. */
  private without?: { readonly name: string; depth: number };

  constructor(private readonly images: ReadonlySet<string>) {}

  onStartTag({ tagName: name, attrs, selfClosing }: Token.TagToken): void {
    // a drawing has elements of the same names, which may be empty
    if (Object.hasOwn(TEXT_MODE, name) && !(this.without && FOREIGN.has(this.without.name))) {
      this.enter?.(TEXT_MODE[name]);
    }
    const attributes = new Map(attrs.map((attribute) => [attribute.name, attribute.value]));
    if (this.part === undefined) {
      if (READ.has(name)) {
        const header = attributes.get('header')?.trim();
        this.part = { region: name, ...header ? { header } : {}, html: '' };
      }
    } else if (this.without !== undefined) {
      this.without.depth += this.without.name === name ? 1 : 0;
    } else if (LEFT_OUT.has(name)) {
      this.without = selfClosing && FOREIGN.has(name) ? undefined : { name, depth: 1 };
    } else if (BLOCKS.has(name)) {
      this.begin(name, 'div', '');
    } else if (KEPT.has(name)) {
      this.element(name, attributes);
    }
  }

  onEndTag({ tagName: name }: Token.TagToken): void {
    if (this.part?.region === name) {
      this.leave();
    } else if (this.without !== undefined) {
      this.without.depth -= this.without.name === name ? 1 : 0;
      this.without = this.without.depth > 0 ? this.without : undefined;
    } else if (!VOID_ELEMENTS.has(name)) {
      this.close(this.open.lastIndexOf(name));
    }
  }

  onCharacter({ chars }: Token.CharacterToken): void {
    if (this.part && this.without === undefined) {
      this.part.html += escaped(chars);
    }
  }

  onWhitespaceCharacter(token: Token.CharacterToken): void {
    this.onCharacter(token);
  }

  onNullCharacter(): void {}
  onComment(): void {}
  onDoctype(): void {}
  onEof(): void {}
  onParseError(): void {}

  /** Ends the part. */
  leave(): void {
    this.close(0);
    this.without = undefined;
    this.above.length = 0;
    if (this.part) {
      this.parts.push({ ...this.part, html: this.part.html.trim() });
      this.part = undefined;
    }
  }

  private element(name: string, attributes: ReadonlyMap<string, string>): void {
    const kept = [...attributes].filter(([attribute]) => ATTRIBUTES[name]?.test(attribute))
      .map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`).join('');
    const link = attributes.get('href')?.trim() ?? '';
    const image = attributes.get('src')?.trim() ?? '';
    if (name === 'img') {
      const alt = escaped(attributes.get('alt') ?? '');
      this.part!.html += this.images.has(image) ? `<img src="${escaped(image)}" alt="${alt}"${kept}>` : alt;
    } else if (name === 'a') {
      this.begin(name, name, LINK.test(link) || this.images.has(link) ? ` href="${escaped(link)}" rel="noopener noreferrer"` : '');
    } else if (VOID_ELEMENTS.has(name)) {
      this.part!.html += `<${name}>`;
    } else {
      this.begin(name, /^h[1-6]$/.test(name) ? this.heading(Number(name[1])) : name, kept);
    }
  }

  /** The page has a title of its own: headings begin below it, and none leaves a level out. */
  private heading(level: number): string {
    while (this.above.length > 0 && this.above[this.above.length - 1] >= level) {
      this.above.pop();
    }
    this.above.push(level);
    return `h${Math.min(1 + this.above.length, 6)}`;
  }

  private begin(name: string, written: string, attributes: string): void {
    if (OPTIONAL_END.has(name) && this.open[this.open.length - 1] === name) {
      this.close(this.open.length - 1);
    }
    this.open.push(name);
    this.written.push(written);
    this.part!.html += `<${written}${attributes}>`;
  }

  /** Closes what is open from there on. */
  private close(at: number): void {
    if (this.part && at >= 0) {
      this.open.length = at;
      this.part.html += this.written.splice(at).reverse().map((name) => `</${name}>`).join('');
    }
  }
}
