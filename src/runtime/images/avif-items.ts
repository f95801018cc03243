import { FaultError } from './fault';
import { Box, BoxReader, boxesOf } from './iso-boxes';

/** One thing of a HEIF file: a picture, a part of one, its transparency, or metadata. */
export interface Item {
  readonly id: number;
  /** `av01`: AV1 data, `grid`: put together of others, `Exif`, `mime`. */
  readonly type: string;
  /** What lies in the file for it. */
  readonly data: Buffer;
  readonly properties: readonly Box[];
}

export interface Items {
  readonly primary: Item;
  /** The items that one refers to. */
  readonly from: (id: number, kind: string) => readonly Item[];
  /** The items that refer to one, each once. */
  readonly to: (id: number, kind: string) => readonly Item[];
}

/** Items of a file, pieces of their data, and references between them: a grid has one of each for each of its tiles. */
const MAX_ITEMS = 20_000;

/** What is said of items, all together: an encoder says some five things of each. */
const MAX_PROPERTIES = 8 * MAX_ITEMS;

/** Data in several pieces are put together in memory. More than so often the file's own length is made to fill it. */
const MAX_COPIES = 2;

const overAndOver = (): FaultError => new FaultError('corrupt', 'the AVIF refers to the same data over and over');

interface Reference {
  readonly kind: string;
  readonly from: number;
  readonly to: readonly number[];
}

/**
 * What a HEIF file says that it holds (ISO/IEC 23008-12): each item's type, data and properties.
 *
 * @throws FaultError truncated where data of an item lie behind the end of the file
 */
export function itemsOf(file: Buffer, meta: Box): Items {
  const boxes = boxesOf(meta.body.subarray(4), meta.start + 12);
  const read = (type: string): BoxReader => {
    const box = boxes.find((each) => each.type === type);
    if (!box) {
      throw new FaultError('corrupt', `the AVIF has no box ${type}`);
    }
    return new BoxReader(box.body, type);
  };
  const primaryId = primaryOf(read('pitm'));
  const types = typesOf(read('iinf'));
  const data = dataOf(read('iloc'), file, boxes.find(({ type }) => type === 'idat')?.body);
  const properties = propertiesOf(read('iprp'));
  const references = referencesOf(boxes.filter(({ type }) => type === 'iref'));
  const item = (id: number): Item[] => {
    const type = types.get(id);
    return type === undefined ? [] : [{ id, type, data: data.get(id) ?? Buffer.alloc(0), properties: properties.get(id) ?? [] }];
  };
  const [primary] = item(primaryId);
  if (!primary) {
    throw new FaultError('corrupt', `the AVIF says that its picture is item ${primaryId}, and has no such item`);
  }
  return {
    primary,
    from: (id, kind) => references.filter((each) => each.kind === kind && each.from === id).flatMap(({ to }) => to.flatMap(item)),
    to: (id, kind) => {
      const found = references.filter((each) => each.kind === kind && each.to.includes(id));
      return [...new Set(found.map(({ from }) => from))].flatMap(item);
    },
  };
}

function primaryOf(box: BoxReader): number {
  const version = box.number(4) >>> 24;
  return box.number(version === 0 ? 2 : 4);
}

function typesOf(box: BoxReader): Map<number, string> {
  const version = box.number(4) >>> 24;
  counted(box.number(version === 0 ? 2 : 4));
  return new Map(boxesOf(box.rest()).filter(({ type }) => type === 'infe').map(({ body }) => {
    const entry = new BoxReader(body, 'infe');
    const entryVersion = entry.number(4) >>> 24;
    const id = entry.number(entryVersion >= 3 ? 4 : 2);
    entry.number(2);
    return [id, entryVersion >= 2 ? entry.text(4) : ''];
  }));
}

/** Where the data of each item lie: in the file, or in the box `idat`. */
function dataOf(box: BoxReader, file: Buffer, idat: Buffer | undefined): Map<number, Buffer> {
  const version = box.number(4) >>> 24;
  const sizes = box.number(2);
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexBytes = version === 0 ? 0 : sizes & 15;
  if (version > 2 || [offsetBytes, lengthBytes, baseBytes, indexBytes].some((bytes) => ![0, 4, 8].includes(bytes))) {
    throw new FaultError('corrupt', 'the box iloc of the AVIF is of a form that nobody knows');
  }
  const found = new Map<number, Buffer>();
  let pieces = 0;
  let copied = 0;
  for (let count = counted(box.number(version < 2 ? 2 : 4)); count > 0; count -= 1) {
    const id = box.number(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : box.number(2) & 15;
    if (method > 1 || box.number(2) !== 0) {
      throw new FaultError('unsupported-type', 'the AVIF takes a part of its data from somewhere else than its own bytes');
    }
    const base = box.number(baseBytes);
    const extents: Buffer[] = [];
    for (let left = counted(box.number(2)); left > 0; left -= 1) {
      box.number(indexBytes);
      const [start, length] = [base + box.number(offsetBytes), box.number(lengthBytes)];
      extents.push(extent(method === 0 ? file : idat ?? Buffer.alloc(0), start, length, method === 0 ? 'the file' : 'the box idat'));
      pieces += 1;
      copied += extents.length > 1 ? extents[extents.length - 1].length : 0;
      if (pieces > MAX_ITEMS || copied > MAX_COPIES * file.length) {
        throw overAndOver();
      }
    }
    found.set(id, extents.length === 1 ? extents[0] : Buffer.concat(extents));
  }
  return found;
}

/** Length 0: all that there is. */
function extent(bytes: Buffer, start: number, length: number, where: string): Buffer {
  const end = length === 0 ? Math.max(start, bytes.length) : start + length;
  if (start > bytes.length || end > bytes.length) {
    throw new FaultError('truncated', `data of the AVIF lie up to byte ${end} of ${where}, which has ${bytes.length}`);
  }
  return bytes.subarray(start, end);
}

function propertiesOf(box: BoxReader): Map<number, Box[]> {
  const boxes = boxesOf(box.rest());
  const all = boxesOf(boxes.find(({ type }) => type === 'ipco')?.body ?? Buffer.alloc(0));
  const found = new Map<number, Box[]>();
  let said = 0;
  for (const { body } of boxes.filter(({ type }) => type === 'ipma')) {
    const entries = new BoxReader(body, 'ipma');
    const head = entries.number(4);
    for (let count = counted(entries.number(4)); count > 0; count -= 1) {
      const id = entries.number(head >>> 24 === 0 ? 2 : 4);
      const own = found.get(id) ?? [];
      const left = entries.number(1);
      said += 1 + left;
      if (said > MAX_PROPERTIES) {
        throw new FaultError('corrupt', `the AVIF says more than ${MAX_PROPERTIES} things of its parts, which no program writes`);
      }
      for (let more = left; more > 0; more -= 1) {
        // the first bit: whoever does not know it must not show the item
        const index = (head & 1) === 1 ? entries.number(2) & 0x7fff : entries.number(1) & 0x7f;
        if (index > all.length) {
          throw new FaultError('corrupt', `the AVIF gives property ${index} to item ${id}, and has ${all.length}`);
        }
        own.push(...(index === 0 ? [] : [all[index - 1]]));
      }
      found.set(id, own);
    }
  }
  return found;
}

function referencesOf(boxes: readonly Box[]): Reference[] {
  const references: Reference[] = [];
  let parts = 0;
  for (const { body } of boxes) {
    const box = new BoxReader(body, 'iref');
    const bytes = box.number(4) >>> 24 === 0 ? 2 : 4;
    for (const { type, body: one } of boxesOf(box.rest())) {
      const reference = new BoxReader(one, 'iref');
      const from = reference.number(bytes);
      const count = reference.number(2);
      parts += Math.max(1, count);
      if (parts > MAX_ITEMS) {
        throw overAndOver();
      }
      references.push({ kind: type, from, to: Array.from({ length: count }, () => reference.number(bytes)) });
    }
  }
  return references;
}

function counted(count: number): number {
  if (count > MAX_ITEMS) {
    throw new FaultError('corrupt', `the AVIF says that it has ${count} parts; more than ${MAX_ITEMS} no program writes`);
  }
  return count;
}
