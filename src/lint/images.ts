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

/** The image that a name means: its path below `images/`, with or without that folder before it. */
export function imageOf(name: string, images: readonly string[]): string | undefined {
  const path = name.replace(/^\.\//, '');
  return [path, path.replace(/^images\//, '')].find((each) => images.includes(each));
}

/** Why a name means no image. */
export function imageProblem(name: string, images: readonly string[]): string {
  if (images.length === 0) {
    return `there is no example image '${name}', nor any other; put it into the folder images/ beside the template`;
  }
  const meant = nearest(name.replace(/^(\.\/)?images\//, ''), images);
  return `there is no example image '${name}'; ${meant === undefined ? `images/ has ${listed(images.slice(0, 12))}` : `write '${meant}'`}`;
}
