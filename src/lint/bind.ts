import { readElements } from './html';
import { ImageUse, imageFinder, imageUses } from './images';
import { readLiquid } from './liquid';
import { Findings } from './text';
import { waysThrough } from './ways';
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
  for (const way of waysThrough(template, liquid).ways) {
    imageUses(template, liquid, readElements(way, findings)).filter(({ raw }) => !raw)
      .forEach((use) => uses.set(use.begin, use));
  }
  const used = new Set<string>();
  let bound = template;
  for (const use of [...uses.values()].sort((one, other) => other.begin - one.begin)) {
    const image = imageOf(use.name);
    if (image !== undefined) {
      used.add(image);
      bound = bound.slice(0, use.begin) + use.bound(addresses[image]) + bound.slice(use.end);
    }
  }
  return { template: bound, used: [...used].sort() };
}
