import { Pixels, open } from './samples';
import { Size } from '../../../src/contract/steps';
import { Box, boxesOf } from '../../../src/runtime/images/iso-boxes';

export const avifOf = (pixels: Pixels, options: { bitdepth?: 8 | 10 | 12; lossless?: boolean } = {}): Promise<Buffer> =>
  open(pixels).avif({ effort: 0, quality: 90, ...options }).toBuffer();

export const u8 = (...values: number[]): Buffer => Buffer.from(values);
export const u16 = (...values: number[]): Buffer => Buffer.concat(values.map((value) => u8(value >> 8, value & 255)));
export const u32 = (...values: number[]): Buffer => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)));
export const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

export function box(type: string, ...bodies: readonly Buffer[]): Buffer {
  const body = Buffer.concat(bodies);
  return Buffer.concat([u32(body.length + 8), ascii(type), body]);
}

export const find = (boxes: readonly Box[], type: string): Buffer => boxes.find((each) => each.type === type)!.body;

/** Coded data of an AVIF of one item, and how they are coded. */
export function codedOf(avif: Buffer): { readonly data: Buffer; readonly av1C: Buffer } {
  const boxes = boxesOf(avif);
  const properties = boxesOf(find(boxesOf(find(boxesOf(find(boxes, 'meta').subarray(4)), 'iprp')), 'ipco'));
  return { data: find(boxes, 'mdat'), av1C: find(properties, 'av1C') };
}

export interface MadeItem {
  readonly type: string;
  readonly data: Buffer;
  readonly properties: readonly Buffer[];
}

export interface MadeFile {
  /** Item 1 is the picture. */
  readonly items: readonly MadeItem[];
  readonly references?: readonly { readonly kind: string; readonly from: number; readonly to: readonly number[] }[];
  readonly brand?: string;
  /** The data lie in a box within `meta`. */
  readonly inside?: boolean;
  readonly more?: readonly Buffer[];
}

const full = (version = 0): Buffer => u32(version << 24);

export const ispe = (width: number, height: number): Buffer => box('ispe', full(), u32(width, height));

/** An AVIF written by hand. */
export function madeAvif({ items, references = [], brand = 'avif', inside = false, more = [] }: MadeFile): Buffer {
  const ftyp = box('ftyp', ascii(brand), u32(0), ascii('avif'), ascii('mif1'));
  const properties = items.flatMap((item) => item.properties);
  let property = 0;
  const associations = items.map((item, index) => Buffer.concat([
    u16(index + 1), u8(item.properties.length), ...item.properties.map(() => u8(property += 1)),
  ]));
  const data = Buffer.concat(items.map((item) => item.data));
  const metaWith = (start: number): Buffer => {
    let at = start;
    const places = items.map((item, index) => {
      at += item.data.length;
      return Buffer.concat([u16(index + 1), u16(inside ? 1 : 0), u16(0), u16(1), u32(at - item.data.length, item.data.length)]);
    });
    return box('meta', full(),
      box('hdlr', full(), u32(0), ascii('pict'), Buffer.alloc(13)), box('pitm', full(), u16(1)),
      box('iloc', full(1), u16(0x4400), u16(items.length), ...places),
      box('iinf', full(), u16(items.length), ...items.map((item, index) => box('infe', full(2), u16(index + 1, 0), ascii(item.type), u8(0)))),
      box('iprp', box('ipco', ...properties), box('ipma', full(), u32(items.length), ...associations)),
      ...(references.length > 0 ? [box('iref', full(), ...references.map(({ kind, from, to }) => box(kind, u16(from, to.length, ...to))))] : []),
      ...(inside ? [box('idat', data)] : []));
  };
  const start = ftyp.length + metaWith(0).length + 8;
  return Buffer.concat([ftyp, metaWith(inside ? 0 : start), ...(inside ? [] : [box('mdat', data)]), ...more]);
}

/** A picture put together of tiles, all of one size, row by row. */
export function gridOf(tiles: readonly Buffer[], tile: Size, columns: number, size: Size): MadeFile {
  const rows = tiles.length / columns;
  return {
    items: [
      {
        type: 'grid', data: Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(size.width, size.height)]),
        properties: [ispe(size.width, size.height)],
      },
      ...tiles.map(codedOf).map(({ data, av1C }) => ({ type: 'av01', data, properties: [ispe(tile.width, tile.height), box('av1C', av1C)] })),
    ],
    references: [{ kind: 'dimg', from: 1, to: tiles.map((_, index) => index + 2) }],
  };
}
