import { av1Size } from './av1-sequence';
import { Item, Items, itemsOf } from './avif-items';
import { readExif, xmpHasGps } from './exif';
import { FaultError } from './fault';
import { ImageHeader } from './header';
import { isSrgbProfile } from './icc';
import { BoxReader, boxesOf } from './iso-boxes';
import { Size } from '../../contract/steps';

const ALPHA = /^urn:mpeg:(mpegB:cicp:systems:auxiliary:alpha|hevc:2015:auxid:1)\0/;

/** Transfer functions whose brightness has no white: PQ and HLG (ITU-T H.273). */
const HIGH_DYNAMIC_RANGE = [16, 18];

/**
 * Reads an AVIF: where its picture, its transparency and its metadata lie, and that all of it is there. The turning and mirroring that it
 * asks for is done by the decoder, so that its size here is the one that a viewer shows; its Exif orientation counts for nobody.
 *
 * @throws FaultError truncated, corrupt or unsupported-type
 */
export function readAvif(bytes: Buffer): ImageHeader {
  const boxes = boxesOf(bytes);
  const meta = boxes.find(({ type }) => type === 'meta');
  const isSequence = boxes.some(({ type }) => type === 'moov');
  if (!meta) {
    throw isSequence ? new FaultError('unsupported-type', 'the AVIF is a sequence without a still picture: drop its frames as images')
      : new FaultError('truncated', 'the AVIF ends before it says what it holds');
  }
  const items = itemsOf(bytes, meta);
  const { primary } = items;
  const size = sizeOf(primary);
  const tiles = tilesOf(items, size);
  const alphas = items.to(primary.id, 'auxl').filter(isAlpha);
  const coded = [...tiles, ...alphas.flatMap((alpha) => tilesOf(items, size, alpha))];
  coded.forEach((item) => requireSize(item, size));
  requireOpaque(items, [...coded, ...alphas].filter(({ id }) => id !== primary.id));
  const { body } = boxes[boxes.length - 1];
  return {
    type: 'avif', ...turned(primary, size), orientation: 1, colorModel: 'rgb', ...depthOf(tiles[0]),
    hasAlpha: alphas.length > 0, progressive: true, profile: profileOf(primary), hasGps: hasGps(items), animated: isSequence,
    end: body.byteOffset + body.length - bytes.byteOffset, parts: [], laxScans: [],
  };
}

const property = (item: Item, type: string): Buffer | undefined => item.properties.find((box) => box.type === type)?.body;

function sizeOf(item: Item): Size {
  const body = property(item, 'ispe');
  if (!body) {
    throw new FaultError('corrupt', `the AVIF does not say how large item ${item.id} is`);
  }
  const box = new BoxReader(body, 'ispe');
  box.number(4);
  const [width, height] = [box.number(4), box.number(4)];
  if (width < 1 || height < 1) {
    throw new FaultError('corrupt', `the AVIF header says ${width}x${height} pixels`);
  }
  return { width, height };
}

/** The items whose data are the picture: itself, or what it is put together of. */
function tilesOf(items: Items, size: Size, picture = items.primary): readonly Item[] {
  if (picture.properties.some(({ type }) => type === 'clap')) {
    throw new FaultError('unsupported-type', 'the AVIF shows only a part of its picture (clap): export it without');
  }
  if (picture.type === 'av01') {
    requireSame(picture, property(picture, 'ispe') ? sizeOf(picture) : size, size);
    return [picture];
  }
  if (picture.type !== 'grid') {
    throw new FaultError('unsupported-type', `the picture of the AVIF is of the kind ${JSON.stringify(picture.type)}`);
  }
  const grid = new BoxReader(picture.data, 'grid');
  grid.number(1);
  const bytes = (grid.number(1) & 1) === 1 ? 4 : 2;
  const [rows, columns, width, height] = [grid.number(1) + 1, grid.number(1) + 1, grid.number(bytes), grid.number(bytes)];
  const tiles = items.from(picture.id, 'dimg');
  requireSame(picture, { width, height }, size);
  if (tiles.length !== rows * columns || tiles.some(({ type }) => type !== 'av01')) {
    throw new FaultError('corrupt', `the AVIF is put together of ${tiles.length} tiles where there should be ${rows}x${columns}`);
  }
  const tile = sizeOf(tiles[0]);
  // no more is decoded than is shown, but for what the last row and column have too much
  if (isBeyond(tile.width, columns, width) || isBeyond(tile.height, rows, height)) {
    throw new FaultError('corrupt', `the AVIF is put together of ${rows}x${columns} tiles of ${tile.width}x${tile.height}, which do not give ${width}x${height}`);
  }
  tiles.forEach((each) => requireSame(each, sizeOf(each), tile));
  return tiles;
}

const isBeyond = (tile: number, count: number, side: number): boolean => tile * count < side || tile * (count - 1) >= side;

function requireSame({ id }: Item, { width, height }: Size, other: Size): void {
  if (width !== other.width || height !== other.height) {
    throw new FaultError('corrupt', `item ${id} of the AVIF is ${width}x${height} where it should be ${other.width}x${other.height}`);
  }
}

function isAlpha(item: Item): boolean {
  return ALPHA.test(property(item, 'auxC')?.toString('latin1', 4) ?? '');
}

/** A decoder would show the transparency of a part too: another one each time, where other parts have none. */
function requireOpaque(items: Items, parts: readonly Item[]): void {
  const transparent = parts.find(({ id }) => items.to(id, 'auxl').some(isAlpha));
  if (transparent) {
    const detail = `part ${transparent.id} of the AVIF has a transparency of its own: export the picture with one for all of it`;
    throw new FaultError('unsupported-type', detail);
  }
}

/** The decoder takes the memory that the data say, not the container. */
function requireSize(item: Item, picture: Size): void {
  const said = property(item, 'ispe') ? sizeOf(item) : picture;
  const { width, height } = av1Size(item.data);
  if (width !== said.width || height !== said.height) {
    throw new FaultError('corrupt', `the AVIF says that a part of it is ${said.width}x${said.height}, and its data are ${width}x${height}`);
  }
}

function turned(item: Item, { width, height }: Size): Size {
  const [turn = 0, ...more] = item.properties.filter(({ type }) => type === 'irot').map(({ body }) => new BoxReader(body, 'irot').number(1) & 3);
  if (more.length > 0) {
    throw new FaultError('corrupt', 'the AVIF asks to be turned more than once');
  }
  return turn % 2 === 1 ? { width: height, height: width } : { width, height };
}

function depthOf(item: Item): Pick<ImageHeader, 'bitsPerSample' | 'subsampled'> {
  const body = property(item, 'av1C');
  if (!body || body.length < 4) {
    throw new FaultError('corrupt', 'the AVIF does not say how its picture is coded (av1C)');
  }
  return { bitsPerSample: (body[2] & 0x40) === 0 ? 8 : (body[2] & 0x20) === 0 ? 10 : 12, subsampled: (body[2] & 0x08) !== 0 };
}

function profileOf(item: Item): ImageHeader['profile'] {
  let profile: ImageHeader['profile'] = 'none';
  for (const { body } of item.properties.filter(({ type }) => type === 'colr')) {
    const kind = body.toString('latin1', 0, 4);
    if (kind === 'nclx' && body.length >= 8 && HIGH_DYNAMIC_RANGE.includes(body.readUInt16BE(6))) {
      throw new FaultError('unsupported-type', 'the AVIF has a high dynamic range (PQ or HLG), which no JPEG or PNG shows: export it in sRGB');
    }
    if (kind === 'prof' || kind === 'rICC') {
      profile = isSrgbProfile(body.subarray(4)) ? 'srgb' : 'other';
    }
  }
  return profile;
}

/** Pieces of metadata that are looked through: more are there to take time. */
const MAX_METADATA = 16;

function hasGps(items: Items): boolean {
  return items.to(items.primary.id, 'cdsc').slice(0, MAX_METADATA).some(({ type, data }) => {
    if (type === 'mime') {
      return xmpHasGps(data);
    }
    // four bytes say how many follow before the TIFF block
    return type === 'Exif' && data.length > 4 && readExif(data.subarray(4 + Math.min(data.readUInt32BE(), data.length))).hasGps;
  });
}
