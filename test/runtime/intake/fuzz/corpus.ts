import { deflateSync } from 'node:zlib';
import {
  exif, exifSegment, gradient, iccSegment, ihdr, jpegOf, open, pngOf, profile, rawPng, SRGB, SRGB_CURVE, texture, withChunk, withSegment,
} from '../../images/samples';
import { tiffPages } from '../bad-images/foreign-files';

/** A file that is whole, before anything is done to it. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

const PICTURE = texture(90, 60);

/** Small, so that a flipped byte hits its structure often, and one of each kind that the readers have code for. */
const MADE: { readonly [name: string]: () => Promise<Buffer> | Buffer } = {
  'JPEG': () => jpegOf(PICTURE),
  'JPEG, large enough to be shrunk while it is read': () => jpegOf(gradient(900, 500), { quality: 40 }),
  'JPEG 4:4:4': () => jpegOf(PICTURE, { chromaSubsampling: '4:4:4' }),
  'progressive JPEG': () => jpegOf(PICTURE, { progressive: true }),
  'grey JPEG': () => open(PICTURE).toColourspace('b-w').jpeg().toBuffer(),
  'CMYK JPEG': () => open(PICTURE).toColourspace('cmyk').jpeg().toBuffer(),
  'JPEG with its own Huffman tables': () => jpegOf(PICTURE, { optimiseCoding: true, trellisQuantisation: true, quantisationTable: 3 }),
  'turned JPEG with a place': async () => withSegment(await jpegOf(PICTURE), 0xe1, exifSegment(6, { gps: true })),
  'JPEG with a profile': async () => withSegment(await jpegOf(PICTURE), 0xe2, iccSegment(profile(SRGB, SRGB_CURVE))),
  'PNG': () => pngOf(PICTURE),
  'PNG with transparent parts': () => open(PICTURE).ensureAlpha(0.5).png().toBuffer(),
  'PNG with a palette': () => pngOf(PICTURE, { palette: true }),
  'PNG of 16 bit': () => open(PICTURE).toColourspace('rgb16').png().toBuffer(),
  'interlaced PNG': () => pngOf(PICTURE, { progressive: true }),
  'PNG of 1 bit': () => rawPng(ihdr(64, 40, 1, 0), Buffer.concat(new Array<Buffer>(40).fill(Buffer.from('\0UUUUUUUU', 'latin1')))),
  'turned PNG with a place': async () => withChunk(await pngOf(PICTURE), 'eXIf', exif(8, { gps: true, bigEndian: true })),
  'PNG with a profile': async () => withChunk(await pngOf(PICTURE), 'iCCP', Buffer.concat([
    Buffer.from('profile\0\0', 'latin1'), deflateSync(profile(SRGB, SRGB_CURVE)),
  ])),
  'WebP': () => open(PICTURE).webp().toBuffer(),
  'lossless WebP': () => open(PICTURE).webp({ lossless: true }).toBuffer(),
  'GIF': () => open(PICTURE).gif().toBuffer(),
  'TIFF': () => open(PICTURE).tiff({ compression: 'lzw' }).toBuffer(),
  'TIFF of three pages': () => tiffPages(3),
  'AVIF': () => open(PICTURE).avif({ effort: 0 }).toBuffer(),
  'turned AVIF with transparent parts': () => open(PICTURE).ensureAlpha(0.5).withMetadata({ orientation: 6 }).avif({ effort: 0 }).toBuffer(),
  'AVIF of 10 bit': () => open(PICTURE).avif({ effort: 0, bitdepth: 10 }).toBuffer(),
};

export async function makeCorpus(): Promise<Seed[]> {
  return Promise.all(Object.entries(MADE).map(async ([name, make]) => ({ name, bytes: await make() })));
}
