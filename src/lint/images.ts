import { Element } from './html';
import { LiquidText } from './liquid';
import { PRINTED } from './mask';
import { listed, nearest } from './text';

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
 * The image that a name means: its path below `images/`, with or without that folder before it. A letter with a mark may be one
 * character or two: what editors write and what file systems keep differs, and nobody sees it.
 */
export function imageOf(name: string, images: readonly string[]): string | undefined {
  const path = name.replace(/^\.\//, '');
  const paths = [path, path.replace(/^images\//, '')];
  return paths.find((each) => images.includes(each))
    ?? images.find((image) => paths.some((each) => each.normalize() === image.normalize()));
}

/** Why a name means no image; undefined where it means one. Asked for the same name again it knows the answer. */
export function imageProblems(images: readonly string[]): (name: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) {
      known.set(name, imageOf(name, images) === undefined ? imageProblem(name, images) : undefined);
    }
    return known.get(name);
  };
}

function imageProblem(name: string, images: readonly string[]): string {
  if (images.length === 0) {
    return `there is no example image '${name}', nor any other; put it into the folder images/ beside this file`;
  }
  const meant = nearest(name.replace(/^(\.\/)?images\//, ''), images);
  return `there is no example image '${name}'; ${meant === undefined ? `images/ has ${listed(images.slice(0, 12))}` : `write '${meant}'`}`;
}
