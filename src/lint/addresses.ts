import { Attribute, Element } from './html';
import { addressKind, deadLink, imageUses, LEADS, SCHEME } from './images';
import { LiquidText } from './liquid';
import { Findings } from './text';
import { PRINTED, Way } from './ways';
import { IMAGE_FILE } from '../contract/instruction-files';

const PRINTED_BEFORE = new RegExp(`^${PRINTED}+`);

/** One of several addresses in `srcset`: it may have commas within, and ends before a space or the comma at its end. */
const CANDIDATE = /([^\s,](?:\S*[^\s,])?)(?:,|\s[^,]*|$)/g;

interface MadeAttribute {
  readonly end: number;
  /** Whether there is nothing in it but Liquid. */
  readonly whole: boolean;
  /** Whether it is said to be put together. */
  readonly composed?: 'error' | 'warning';
}

/** Where attributes and Liquid were found to name images, rightly or not. */
export interface NamedPlaces {
  /** Places that get an address, or are said to name no image. */
  readonly uses: Set<number>;
  /** Attributes that Liquid makes, by their begin. */
  readonly made: Map<number, MadeAttribute>;
}

/** Finds images and links of one way through a template that workers would not see. */
export function checkAddresses(
  template: string, liquid: LiquidText, way: Way, elements: readonly Element[], problemOf: (name: string) => string | undefined,
  places: NamedPlaces, findings: Findings,
): void {
  elements.forEach((element) => element.attributes.forEach((attribute) => checkAddress(template, element, attribute, places, findings)));
  for (const { name, begin, linked, raw } of imageUses(template, liquid, elements)) {
    const problem = problemOf(name);
    places.uses.add(begin);
    if (raw && problem === undefined) {
      findings.error('unbound-image', begin, `'${name}' stands in {% raw %}, where no address is put in the place of an example image; write {% endraw %} before it`);
    } else if (problem !== undefined && !linked) {
      findings.error('unknown-image', begin, problem);
    } else if (problem !== undefined && !LEADS.test(name)) {
      findings.error('dead-link', begin, deadLink(name));
    }
  }
  for (const { begin, text } of styleTexts(way.html, elements, (offset) => way.place(offset))) {
    const unbound = cssAddresses(text).find(isUnbound);
    if (unbound !== undefined) {
      // rules that nothing on the page follows may have been copied with the others
      const add = problemOf(unbound) === undefined ? 'error' : 'warning';
      findings[add]('unbound-image', begin, unboundImage('<style>', unbound));
    }
  }
}

/** Finds addresses that are no names of files, and mean some. */
function checkAddress(template: string, element: Element, attribute: Attribute, { made }: NamedPlaces, findings: Findings): void {
  const { name, begin, end, written } = attribute;
  const value = attribute.value.trim();
  const source = template.slice(begin, end);
  const text = valueText(source);
  // of that the reading of src tells
  let composed: 'error' | 'warning' | undefined = name === 'src' && LITERAL.test(source) ? 'error' : undefined;
  if (addressKind(element, attribute) === 'shown' && value !== '' && !SCHEME.test(value)) {
    const rest = value.replace(PRINTED_BEFORE, '');
    if (value.includes(PRINTED) ? rest === value : written === undefined) {
      composed = 'error';
      findings.error('composed-image', begin, `'${text}' is put together by Liquid, and example images are found by their whole names; write the whole name, in each branch where it differs`);
    } else if (rest !== value && /^\.[a-z]+$/i.test(rest) && IMAGE_FILE.test(rest)) {
      composed = 'warning';
      findings.warning('composed-image', begin, `'${text}' is put together by Liquid; where an example image is meant it is not found: write the whole name, in each branch where it differs`);
    }
  }
  if (source.includes('{')) {
    const before = made.get(begin);
    const whole = before?.whole !== false && value.replace(PRINTED_BEFORE, '') === '';
    made.set(begin, { end, whole, composed: composed ?? before?.composed });
  }
  const unbound = addressesIn(name, value).find(isUnbound);
  if (unbound !== undefined && (name === 'srcset' || name === 'style')) {
    findings.error('unbound-image', begin, unboundImage(name, unbound));
  }
}

/** An attribute as it is written, without its name and quotation marks. */
export function valueText(source: string): string {
  return source.replace(/^[^=]*=\s*/, '').replace(/^(["'])([^]*)\1$/, '$2').trim();
}

/** The addresses in the value of an attribute that has some. */
export function addressesIn(name: string, value: string): string[] {
  return name === 'srcset' ? [...value.matchAll(CANDIDATE)].map(([, each]) => each) : name === 'style' ? cssAddresses(value) : [value.trim()];
}

export function cssAddresses(css: string): string[] {
  return [...css.replace(/\/\*[^]*?(\*\/|$)/g, ' ').matchAll(/url\(\s*(?:"([^"]*)"?|'([^']*)'?|([^"')]*))|"[^"]*"|'[^']*'/gi)]
    .map(([, ...each]) => each.join('').trim());
}

const isUnbound = (address: string): boolean => address !== '' && !address.includes(PRINTED) && !SCHEME.test(address);

function unboundImage(place: string, name: string): string {
  return `${place} names '${name}', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="${name}">`;
}

/** The texts of the style elements of a page, and where these are. */
export function styleTexts(
  html: string, elements: readonly Element[], place: (offset: number) => number,
): { readonly begin: number; readonly text: string }[] {
  const begins = new Set(elements.filter(({ name }) => name === 'style').map(({ begin }) => begin));
  return begins.size === 0 ? [] : [...html.matchAll(/<style/gi)].filter(({ index }) => begins.has(place(index))).map(({ index }) => {
    const tag = /<style(?:"[^"]*"|'[^']*'|[^"'>])*>/iy;
    tag.lastIndex = index;
    tag.test(html);
    const text = html.slice(tag.lastIndex);
    return { begin: place(index), text: text.slice(0, text.search(/<\/style|$/i)) };
  });
}

/** Text in Liquid that is printed as it is. */
const LITERAL = /\{\{-?\s*("[^"]*"|'[^']*')\s*-?\}\}/;

/** An image lies in a private bucket: its bare address shows nothing. */
export function checkReadAccess(template: string, element: Element, findings: Findings): void {
  const src = element.attributes.find(({ name }) => name === 'src');
  if (src === undefined) {
    return;
  }
  const written = template.slice(src.begin, src.end);
  const literal = LITERAL.exec(written);
  const name = literal?.[1].slice(1, -1).trim();
  if (literal !== null && name === '' && valueText(written) === literal[0]) {
    findings.error('missing-attribute', src.begin, `src is ${literal[0]}, so nothing is shown; write src with the file name of an example image, such as src="good.jpg"`);
  } else if (literal !== null && name !== '' && !SCHEME.test(name!)) {
    findings.error('missing-read-access', src.begin, `src is ${literal[0]}, which no browser may read; write src="${name}"`);
  }
  const bare = /\{\{-?\s*task\.input\.(taskObject|manifestLine\.source-ref)\s*-?\}\}/.exec(written);
  if (bare) {
    findings.error('missing-read-access', src.begin, bareAddress('src', bare[0]));
  } else if (/^\s*s3:\/\//i.test(src.value)) {
    findings.error('missing-read-access', src.begin, bareLiteral('src', src.value.trim()));
  }
}

/** An output of the address of the image, in the attribute or the element of a name. */
export function bareAddress(name: string, output: string): string {
  const value = output.replace(/^\{\{-?\s*/, '').replace(/\s*(\|[^]*)?-?\}\}$/, '').trim();
  return `${name} is ${output}, an S3 address that no browser may read; write {{ ${value} | grant_read_access }}`;
}

export function bareLiteral(name: string, address: string): string {
  return `${name} is '${address}', which no browser may read; write ${name}="{{ '${address}' | grant_read_access }}"`;
}
