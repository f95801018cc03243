import { Element } from './html';
import { LiquidText } from './liquid';
import { PRINTED } from './mask';
import { listed, nearestAmong } from './text';

/** Something in a template that names an example image by its file. */
export interface ImageUse {
  /** As it is written. */
  readonly name: string;
  /** What a new text replaces. */
  readonly begin: number;
  readonly end: number;
  /** Whether it stands in Liquid already, as `{{ 'good.jpg' | grant_read_access }}`. */
  readonly liquid: boolean;
}

/** An address that names no file of the folder. */
export const SCHEME = /^([a-z][a-z0-9+.-]*:|\/\/|#)/i;

/** A literal address that Liquid reads through `grant_read_access`. */
const GRANTED = /^(\{\{-?\s*)("[^"]*"|'[^']*')\s*\|\s*grant_read_access\b/;

/** Every place that names a file. `elements` are those of the masked template. */
export function imageUses(template: string, { pieces }: LiquidText, elements: readonly Element[]): ImageUse[] {
  const written = elements.flatMap((element) => element.attributes
    .filter(({ name, value }) => element.name === 'img' && name === 'src' && value.trim() !== '' && !value.includes(PRINTED) && !SCHEME.test(value.trim()))
    .map(({ value, begin, end }) => ({ name: decoded(value.trim()), begin, end, liquid: false })));
  const granted = pieces.flatMap(({ kind, begin, end }) => {
    const match = kind === 'output' ? GRANTED.exec(template.slice(begin, end)) : null;
    const name = match?.[2].slice(1, -1);
    return match && name && !SCHEME.test(name)
      ? [{ name, begin: begin + match[1].length, end: begin + match[1].length + match[2].length, liquid: true }]
      : [];
  });
  return [...written, ...granted].sort((one, other) => one.begin - other.begin);
}

/** Markdown writes addresses percent-encoded. */
export function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Tells the image that a name means: its path below `images/`, with or without that folder before it. A letter with a mark may be one
 * character or two: what editors write and what file systems keep differs, and nobody sees it.
 */
export function imageFinder(images: readonly string[]): (name: string) => string | undefined {
  const exact = new Set(images);
  const alike = new Map([...images].reverse().map((image) => [image.normalize(), image]));
  return (name) => {
    const path = name.replace(/^\.\//, '');
    const paths = [path, path.replace(/^images\//, '')];
    const found = paths.find((each) => exact.has(each)) ?? paths.find((each) => alike.has(each.normalize()));
    return found === undefined || exact.has(found) ? found : alike.get(found.normalize());
  };
}

/** Why a name means no image; undefined where it means one. Asked for the same name again it knows the answer. */
export function imageProblems(images: readonly string[]): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const imageOf = imageFinder(images);
  const meantBy = nearestAmong(images);
  return (name) => {
    if (!known.has(name)) {
      known.set(name, imageOf(name) === undefined ? imageProblem(name, images, meantBy) : undefined);
    }
    return known.get(name);
  };
}

function imageProblem(name: string, images: readonly string[], meantBy: (name: string) => string | undefined): string {
  if (images.length === 0) {
    return `there is no example image '${name}', nor any other; put it into the folder images/, in small letters, beside this file`;
  }
  const meant = meantBy(name.replace(/^(\.\/)?images\//, ''));
  return `there is no example image '${name}'; ${meant === undefined ? `images/ has ${listed(images.slice(0, 12))}` : `write '${meant}'`}`;
}
