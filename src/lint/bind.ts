import { readElements } from './html';
import { ImageUse, imageFinder, imageUses } from './images';
import { readLiquid } from './liquid';
import { htmlVariants } from './mask';
import { Findings } from './text';
import { BoundImages } from '../contract/template-lint';

/** Puts an address in the place of each example image's name, to be read through `grant_read_access`. Unknown names stay. */
export function bindImages(template: string, addresses: { readonly [image: string]: string }): BoundImages {
  const findings = new Findings(template);
  const liquid = readLiquid(template, findings);
  if (liquid === undefined) {
    return { template, used: [] };
  }
  const imageOf = imageFinder(Object.keys(addresses));
  const uses = new Map<number, ImageUse>();
  for (const html of htmlVariants(template, liquid)) {
    imageUses(template, liquid, readElements(html, findings)).forEach((use) => uses.set(use.begin, use));
  }
  const used = new Set<string>();
  let bound = template;
  for (const use of [...uses.values()].sort((one, other) => other.begin - one.begin)) {
    const image = imageOf(use.name);
    if (image !== undefined) {
      used.add(image);
      const address = `'${addresses[image]}'`;
      bound = bound.slice(0, use.begin) + (use.liquid ? address : `src="{{ ${address} | grant_read_access }}"`) + bound.slice(use.end);
    }
  }
  return { template: bound, used: [...used].sort() };
}
