import { addressesIn, bareAddress, bareLiteral, cssAddresses, NamedPlaces, styleTexts, valueText } from './addresses';
import { addressKind, SCHEME, UnboundName } from './images';
import { LiquidPiece, LiquidText } from './liquid';
import { asksImage, MarkedPage, OBJECT, ShownAttribute, UNKNOWN } from './marked';
import { Findings } from './text';
import { LintContext } from '../contract/template-lint';
import { isLate } from '../contract/worker-template';

/** What is known of the addresses of a template before its page is made. */
export interface KnownAddresses {
  readonly places: NamedPlaces;
  readonly unbound: readonly UnboundName[];
  readonly imageOf: (name: string) => string | undefined;
}

/** Finds images that workers would not see on the page that Liquid makes: names that it put together, and addresses in a private bucket. */
export class ShownAddresses {
  /** Whether the page is the same for each image, but for what is printed: what it names then is certain. */
  private readonly same: boolean;
  /** Whether it may make other addresses of those of images, as where they can be read without leave. */
  private readonly alters: boolean;
  /** Whether it puts texts together. */
  private readonly joins: boolean;
  private readonly outputs: readonly LiquidPiece[];

  constructor(
    private readonly template: string, private readonly liquid: LiquidText, context: LintContext, private readonly page: MarkedPage,
    private readonly known: KnownAddresses, private readonly findings: Findings,
  ) {
    this.same = context.task?.labelsKnown !== false && !liquid.said.some((piece) => piece.kind === 'tag' && asksImage(template, piece, context));
    this.alters = liquid.said.some(({ begin, end }) => ALTERS.test(template.slice(begin, end)));
    this.joins = liquid.said.some(({ begin, end }) => JOINS.test(template.slice(begin, end)));
    this.outputs = liquid.said.filter(({ kind }) => kind === 'output');
  }

  check(): void {
    const { page, findings } = this;
    const composed = new Map<string, Composed>();
    for (const each of page.attributes) {
      this.checkAttribute(each, (found) => composed.set(`${found.begin} ${found.address}`, found));
    }
    for (const { address, begin } of page.granted) {
      composed.set(`${begin} ${address}`, { address, begin, whole: !this.joins && !address.startsWith('/'), other: true, message: `Liquid makes '${address}' here, and example images are found by their whole names as they are written; write {{ '${address}' | grant_read_access }} where it is shown` });
    }
    this.checkStyles();
    const told = new Set(this.known.unbound.map(({ name }) => name));
    const names = [...composed.values()].filter(({ address }) => this.isName(address) && !told.has(address));
    const said = new Set([...new Set(names.map(({ begin }) => begin))].filter((begin) => this.isSaid(begin)));
    // what is certain first: a loop may bring several names to one place
    for (const certain of [true, false]) {
      for (const { address, begin, message, other, whole } of names) {
        const isImage = this.known.imageOf(address) !== undefined;
        const isWrong = this.same || isImage && whole;
        if (isWrong === certain && (isImage || other && (certain || whole)) && !said.has(begin)) {
          said.add(begin);
          findings[certain ? 'error' : 'warning']('composed-image', begin, message);
        }
      }
    }
  }

  private checkAttribute({ begin, element, attribute }: ShownAttribute, compose: (found: Composed) => void): void {
    const { name } = attribute;
    const kind = addressKind(element, attribute);
    const made = this.known.places.made.get(begin);
    const addresses = kind !== undefined || name === 'srcset' || name === 'style' ? addressesIn(name, attribute.value) : [];
    const [address] = addresses;
    const source = this.template.slice(begin, made?.end ?? begin);
    if (addresses.some(isObject)) {
      const outputs = this.outputs.filter((piece) => piece.begin >= begin && piece.end <= begin + source.length)
        .map((piece) => this.template.slice(piece.begin, piece.end));
      if (!this.alters || outputs.some((output) => BARE.test(output))) {
        this.findings.error('missing-read-access', begin, bareAddress(name, outputs.length === 1 && !source.includes('{%') ? outputs[0] : IMAGE));
      }
    } else if (kind === 'shown' && /^s3:\/\//i.test(address) && !address.includes(UNKNOWN)) {
      this.findings.error('missing-read-access', begin, bareLiteral(name, address));
    } else if (kind !== undefined && made !== undefined && made.composed !== 'error') {
      // what is linked need not be an image, nor what ends like one
      compose({ address, begin, whole: made.whole && !this.joins, other: kind === 'shown' && made.composed === undefined, message: `Liquid makes '${address}' of '${valueText(source)}', and example images are found by their whole names as they are written; write an element with ${name}="${address}", in each branch where it differs` });
    }
  }

  private checkStyles(): void {
    const { page, findings } = this;
    const origins = new Map([...page.styles].map(([element, origin]) => [element.begin, origin]));
    for (const { begin, text } of styleTexts(page.html, page.elements, (offset) => offset)) {
      const origin = origins.get(begin);
      if (origin !== undefined && !this.alters && cssAddresses(text).some(isObject)) {
        findings.error('missing-read-access', origin, bareAddress('a url() in <style>', IMAGE));
      }
    }
  }

  private readonly isName = (address: string): boolean => (
    address.trim() !== '' && ![UNKNOWN, '{{'].some((each) => address.includes(each)) && !isLate(address) && !SCHEME.test(address.trim())
  );

  /** Whether reading alone has told of what an attribute or a piece of Liquid names, or gives it an address. */
  private isSaid(place: number): boolean {
    const { places, unbound } = this.known;
    const { begin, end } = this.liquid.said.find((each) => place >= each.begin && place < each.end)
      ?? { begin: place, end: places.made.get(place)?.end ?? place };
    return [...places.uses, ...unbound.map((each) => each.begin)].some((use) => use >= begin && use < end);
  }
}

/** A name that Liquid makes, and what is to be said of it. */
interface Composed {
  readonly address: string;
  readonly begin: number;
  readonly message: string;
  /** Whether nothing can be seen to stand before it that may be empty here, and an address for another image. */
  readonly whole: boolean;
  /** Whether it is wrong too where it is no image of the folder. */
  readonly other: boolean;
}

const JOINS = /\|\s*(append|prepend|replace|join)/;

const ALTERS = /\|\s*(replace|remove|split|slice|truncate)/;

/** The address of an image, printed as it is. */
const BARE = /^\{\{-?\s*task\.input\.(taskObject|manifestLine(\.source-ref|\[\s*["']source-ref["']\s*\]))\s*(\|\s*(escape|escape_once|strip|skip_autoescape)\s*)*-?\}\}$/;

const IMAGE = '{{ task.input.taskObject }}';

const isObject = (address: string): boolean => address.startsWith(OBJECT);
