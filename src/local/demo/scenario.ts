import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { join } from 'path';
import sharp from 'sharp';
import { projectRoot } from '../runner';

/** What `examples/demo/app.ts` asks for, said a second time: the driver believes nothing that the product says. */
export const TRANSFORMS = [{ kind: 'resize', width: 1024, height: 1024 }];
export const LABELS = ['person', 'animal', 'thing'];
export const LABEL_ATTRIBUTE = 'boxes';
export const WINDOW = 4;

/** Dropped at the start: nested folders, spaces, a letter outside ASCII, and one photograph that EXIF turns. */
const PHOTOGRAPHS = [
  'animals/raccoon.jpg',
  'garden/flower.jpg',
  'laboratory/line 1/cell.png',
  'laboratory/retina.jpg',
  'people/astronaut.jpg',
  'people/grace hopper (1984).jpg',
  'people/photographer.png',
  'places/Pagode im Frühling.jpg',
  'places/stairs/ascent.jpg',
  'table/coffee.jpg',
  'textures/brick.png',
  'textures/outdoor/gravel.jpg',
];

/** Dropped while no job runs. */
const LATE = ['sky/hubble-deep-field.jpg', 'sky/rocket.jpg', 'textures/outdoor/grass.jpg'];

const TWICE = { key: 'table/coffee.jpg', again: 'backup/Kopie von coffee.jpg' };

/** The part of a photograph that is dropped as a PNG with the wrong name. */
const DETAIL = { of: 'people/astronaut.jpg', left: 130, top: 0, width: 240, height: 280 };

/** A file to drop. */
export interface DropFile {
  readonly key: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Why it must end in quarantine. Absent: it is an image that must be labeled. */
  readonly reason?: string;
  /** What is odd about it. */
  readonly note?: string;
}

/** All that the demo drops. */
export interface Scenario {
  /** At the start. */
  readonly first: readonly DropFile[];
  /** While no job runs. */
  readonly late: readonly DropFile[];
}

export async function demoScenario(photos: string = join(projectRoot(), 'examples', 'photos')): Promise<Scenario> {
  const photograph = (key: string, as = key) => file(as, readFileSync(join(photos, key)));
  const raccoon = photograph('animals/raccoon.jpg').bytes;
  const detail = await sharp(join(photos, DETAIL.of)).extract(DETAIL).png().toBuffer();
  return {
    first: [
      ...PHOTOGRAPHS.map(key => photograph(key)),
      { ...photograph(TWICE.key, TWICE.again), note: `the bytes of ${TWICE.key}` },
      file('odd/broken-off.jpg', raccoon.subarray(0, Math.floor(raccoon.length * 0.7)), 'an upload that broke off', 'truncated'),
      file('odd/notes.jpg', Buffer.from('Not an image at all, just a note that somebody saved under this name.\n'), 'text named .jpg', 'not-an-image'),
      file('odd/nothing.jpg', Buffer.alloc(0), '0 bytes', 'empty'),
      file('odd/png by birth.jpg', detail, 'PNG bytes named .jpg, which is fine'),
    ],
    late: LATE.map(key => photograph(key)),
  };
}

function file(key: string, bytes: Buffer, note?: string, reason?: string): DropFile {
  return { key, bytes, sha256: createHash('sha256').update(bytes).digest('hex'), note, reason };
}

/** Different contents among files, each with all its names. */
export function contents(files: readonly DropFile[]): (DropFile & { readonly keys: readonly string[] })[] {
  const found = new Map<string, DropFile & { keys: string[] }>();
  for (const one of files) {
    const known = found.get(one.sha256);
    if (known) {
      known.keys.push(one.key);
    } else {
      found.set(one.sha256, { ...one, keys: [one.key] });
    }
  }
  return [...found.values()];
}
