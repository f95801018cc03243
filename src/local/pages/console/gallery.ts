import { ComponentChild, h } from 'preact';
import type { ConsoleImage, Place } from '../../console/state';

/** In the order in which people look for them. */
const GROUPS: readonly (readonly [Place, string])[] = [
  ['with the job', 'With the job'], ['pending', 'Pending'], ['held', 'Held'], ['labeled', 'Labeled'], ['quarantined', 'Given up'],
];

export function Gallery({ images }: { images: readonly ConsoleImage[] }): ComponentChild {
  return GROUPS.map(([place, title]) => {
    const those = images.filter((image) => image.place === place);
    return those.length === 0 ? undefined : h('section', { key: place },
      h('h2', {}, title, ' ', h('span', {}, those.length === 1 ? '1 image' : `${those.length} images`)),
      h('ul', { class: 'images' }, ...those.map((image) => h(Card, { image, key: image.id }))));
  });
}

function Card({ image }: { image: ConsoleImage }): ComponentChild {
  const { name, width, height, job, label, place } = image;
  const words = place === 'labeled' ? `labeled by job ${job}` : place === 'with the job' ? `with job ${job}` : job === undefined ? '' : `was with job ${job}`;
  return h('li', { class: 'card image' },
    h('div', { class: 'stage' }, h(Picture, { image })),
    h('div', {},
      h('h3', {}, name),
      h('p', { class: 'small' }, [`${width} x ${height}`, words].filter((text) => text !== '').join(', ')),
      label && h('ul', { class: 'chips' }, ...label.classes.map((each) => h('li', { key: each.name }, h('i', { style: `background:${each.color}` }), each.name)),
        label.boxes?.length === 0 && h('li', {}, 'no box'))));
}

function Picture({ image: { name, picture, width, height, label } }: { image: ConsoleImage }): ComponentChild {
  const shape = width * 3 >= height * 4 ? 'wide' : 'tall';
  return h('div', { class: `picture ${shape}`, style: `aspect-ratio:${width}/${height}` },
    h('img', { src: picture, alt: name, loading: 'lazy' }),
    label?.mask !== undefined && h('img', { class: 'mask', src: label.mask, alt: '' }),
    label?.boxes && h('svg', { 'viewBox': `0 0 ${width} ${height}`, 'preserveAspectRatio': 'none', 'aria-hidden': 'true' },
      ...label.boxes.flatMap(({ left: x, top: y, width: w, height: tall, color }) => ['halo', 'box'].map((kind) =>
        h('rect', { class: kind, x, y, width: w, height: tall, ...kind === 'box' ? { stroke: color } : {} })))));
}
