import { Attribute, Element } from './html';
import { LiquidText } from './liquid';
import { listed, nearestAmong, within } from './text';
import { PRINTED } from './ways';

/** Something in a template that names an example image by its file. */
export interface ImageUse {
  /** As it is written. */
  readonly name: string;
  /** What a new text replaces. */
  readonly begin: number;
  readonly end: number;
  /** Whether it is what something leads to, which need not be an image. */
  readonly linked: boolean;
  /** Whether Liquid is text there. */
  readonly raw: boolean;
  /** That text. */
  readonly bound: (address: string) => string;
}

/** An address that names no file of the folder. Names of files may have a colon too. */
export const SCHEME = /^((https?|s3|data|blob|mailto|tel|sms|ftp|file|javascript|about|cid):|[a-z][a-z0-9+.-]*:\/\/|\/\/|#)/i;

/** A link that leads somewhere: apps have schemes of their own, which nobody can list. A single letter is a disk. */
export const LEADS = /^([a-z][a-z0-9+.-]+:|\/\/|\?)/i;

/** Text in Liquid with which a value begins. */
const LITERAL = /^(\{\{-?\s*|\{%-?\s*(?:assign\s+[\w-]+\s*=|echo)\s*)("[^"]*"|'[^']*')([^]*)$/;
const GRANT = /^\s*\|\s*grant_read_access\b/;

/** What elements show by its address. */
const SHOWN: { readonly [element: string]: readonly string[] } = {
  'audio': ['src'], 'crowd-button': ['icon-url'], 'crowd-card': ['image'], 'embed': ['src'], 'image': ['href', 'xlink:href'], 'img': ['src'],
  'input': ['src'], 'object': ['data'], 'source': ['src'], 'video': ['src', 'poster'],
};

/** Addresses that lead to something else, or fetch it. */
const LINKED: { readonly [element: string]: readonly string[] } = {
  a: ['href'], area: ['href'], iframe: ['src'], link: ['href'], script: ['src'], track: ['src'],
};

/** Whether an attribute has the address of what is shown, or of something else. */
export function addressKind({ name: element }: Element, { name }: Attribute): 'shown' | 'linked' | undefined {
  const has = (list: typeof SHOWN): boolean => Object.hasOwn(list, element) && list[element].includes(name);
  return has(SHOWN) || element.startsWith('crowd-') && name === 'src' ? 'shown' : has(LINKED) ? 'linked' : undefined;
}

const readable = (address: string): string => `{{ '${address}' | grant_read_access }}`;

/** Every place that names a file. `elements` are those of a way through the template. */
export function imageUses(template: string, { said, raw }: LiquidText, elements: readonly Element[]): ImageUse[] {
  const isRaw = within(raw);
  // what has braces in raw text is for a script
  const written = elements.flatMap((element) => element.attributes
    .filter(({ value, begin }) => isName(value) && !(value.includes('{{') && isRaw(begin)))
    .flatMap((attribute): ImageUse[] => {
      const kind = addressKind(element, attribute);
      const { name, value, begin, end, written: place } = attribute;
      const use = { name: value.trim(), begin, end, linked: kind === 'linked', raw: isRaw(begin) };
      // where it has branches, only the name itself is this one's
      return kind === undefined ? []
        : !template.slice(begin, end).includes('{%') ? [{ ...use, bound: (address) => `${name}="${readable(address)}"` }]
          : place === undefined ? [] : [{ ...use, ...place, bound: readable }];
    }));
  const granted = said.flatMap(({ begin, end }): ImageUse[] => {
    const [, before, literal, rest] = LITERAL.exec(template.slice(begin, end)) ?? [];
    const name = literal?.slice(1, -1);
    const at = begin + (before?.length ?? 0);
    return name && GRANT.test(rest) && !SCHEME.test(name)
      ? [{ name, begin: at, end: at + literal.length, linked: false, raw: false, bound: (address) => `'${address}'` }] : [];
  });
  return [...written, ...granted].sort((one, other) => one.begin - other.begin);
}

const isName = (value: string): boolean => value.trim() !== '' && !value.includes(PRINTED) && !SCHEME.test(value.trim());

/** Markdown writes addresses percent-encoded. */
export function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const withoutFolder = (name: string): string => name.replace(/^(\.\/)?(images\/)?/, '');

/**
 * Tells the image that a name means: its path below `images/`, with or without that folder before it, percent-encoded or as it is. A
 * letter with a mark may be one character or two: what editors write and what file systems keep differs, and nobody sees it.
 */
export function imageFinder(images: readonly string[]): (name: string) => string | undefined {
  const exact = new Set(images);
  const alike = new Map([...images].reverse().map((image) => [image.normalize(), image]));
  return (name) => {
    const paths = [decoded(name), name].map((each) => each.replace(/^\.\//, '')).flatMap((path) => [path, path.replace(/^images\//, '')]);
    return paths.find((each) => exact.has(each)) ?? paths.map((each) => alike.get(each.normalize())).find((each) => each !== undefined);
  };
}

/** Why a name means no image; undefined where it means one. Asked for the same name again it knows the answer. */
export function imageProblems(images: readonly string[]): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const imageOf = imageFinder(images);
  const nearImage = nearestAmong(images);
  const letters = new Map([...images].reverse().map((image) => [image.normalize().toLowerCase(), image]));
  const meantBy = (name: string): string | undefined => letters.get(name.normalize().toLowerCase()) ?? nearImage(name);
  return (name) => {
    if (!known.has(name)) {
      known.set(name, imageOf(name) === undefined ? imageProblem(decoded(name), images, meantBy) : undefined);
    }
    return known.get(name);
  };
}

/** Why a link that leads to no image leads nowhere. */
export function deadLink(name: string): string {
  return `'${name}' leads nowhere: workers have this page and its images alone; write a whole address, such as https://example.com/rules, or the file of an example image`;
}

/** A name in Liquid that no address is put in the place of, and why. */
export interface UnboundName {
  readonly name: string;
  readonly rule: string;
  readonly begin: number;
  readonly message: string;
}

/** All of them that can be seen by reading alone. */
export function unboundNames(
  template: string, { said }: LiquidText, imageOf: (name: string) => string | undefined,
): UnboundName[] {
  return said.flatMap(({ kind, begin, end }) => {
    const written = template.slice(begin, end);
    const [, , literal, rest] = LITERAL.exec(written) ?? [];
    const name = literal?.slice(1, -1);
    if (!name || SCHEME.test(name) || GRANT.test(rest)) {
      return [];
    }
    if (/\|\s*grant_read_access\b/.test(rest)) {
      return [{ name, rule: 'composed-image', begin, message: `${written} puts a name together, and example images are found by their whole names; write {{ 'good.jpg' | grant_read_access }} with the whole name` }];
    }
    return kind === 'tag' && imageOf(name) !== undefined
      ? [{ name, rule: 'unbound-image', begin, message: `'${name}' is an example image, which has an address only where it stands before grant_read_access; write ${literal} | grant_read_access here, and the variable alone where it is shown` }]
      : [];
  });
}

/** A name with the characters that nobody sees told by their numbers. */
const visible = (name: string): string => name.replace(/[^\P{Z} ]|\p{Cc}|\p{Cf}/gu,
  (character) => `[U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);

function imageProblem(name: string, images: readonly string[], meantBy: (name: string) => string | undefined): string {
  if (images.length === 0) {
    return `there is no example image '${visible(name)}', nor any other; put it into the folder images/, in small letters, beside this file`;
  }
  const meant = meantBy(withoutFolder(name));
  return `there is no example image '${visible(name)}'; ${meant === undefined ? `images/ has ${listed(images.slice(0, 12))}` : `write '${meant}'`}`;
}
