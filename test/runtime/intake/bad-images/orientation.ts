import { Case, UNTOUCHED, jpeg, png } from './case';
import { exif, exifSegment, jpegOf, paint, pngOf, storedAs, withChunk, withSegment } from '../../images/samples';

const CORNERS: readonly (readonly [number, number, number])[] = [[250, 10, 10], [10, 250, 10], [10, 10, 250], [240, 240, 20]];

/** No way of turning or mirroring leaves it as it is. */
const UPRIGHT = paint(96, 64, (x, y) => CORNERS[(x < 48 ? 0 : 1) + (y < 32 ? 0 : 2)]);
const best = { quality: 100, chromaSubsampling: '4:4:4' } as const;

const XMP = 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude="48,12N"/>';

const photograph = async (orientation: number, bigEndian = false) =>
  withSegment(await jpegOf(storedAs(UPRIGHT, orientation), best), 0xe1, exifSegment(orientation, { gps: true, bigEndian }));

export const ORIENTATION: readonly Case[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation): Case[] => [
    {
      name: `a JPEG with EXIF orientation ${orientation} and a place on earth`, key: `turned-${orientation}.jpg`,
      bytes: () => photograph(orientation, orientation % 2 === 0), becomes: jpeg(96, 64, { looksLike: () => pngOf(UPRIGHT) }),
    },
    {
      name: `a PNG with EXIF orientation ${orientation} and a place on earth`, key: `turned-${orientation}.png`,
      bytes: async () => withChunk(await pngOf(storedAs(UPRIGHT, orientation)), 'eXIf', exif(orientation, { gps: true })),
      becomes: png(96, 64, { looksLike: () => pngOf(UPRIGHT) }),
    },
  ]),
  {
    name: 'a JPEG with EXIF orientation 6 of which a part is used', key: 'turned.jpg', bytes: () => photograph(6),
    by: { kind: 'images', transforms: [{ kind: 'crop', width: 48, height: 32, left: 48, top: 32 }], output: {} },
    becomes: jpeg(48, 32, { looksLike: () => pngOf(paint(48, 32, () => CORNERS[3])) }),
  },
  {
    name: 'a JPEG with the impossible EXIF orientation 9', key: 'odd.jpg',
    bytes: async () => withSegment(await jpegOf(UPRIGHT, best), 0xe1, exifSegment(9)),
    becomes: jpeg(96, 64, { looksLike: () => pngOf(UPRIGHT) }),
  },
  {
    name: 'a JPEG with EXIF that leads outside of itself', key: 'odd.jpg',
    bytes: async () => withSegment(await jpegOf(UPRIGHT, best), 0xe1, Buffer.from('Exif\0\0MM\0*\xff\xff\xff\xf0\xff\xff', 'latin1')),
    becomes: jpeg(96, 64, { looksLike: () => pngOf(UPRIGHT) }),
  },
  {
    name: 'a JPEG with XMP that tells a place', key: 'place.jpg',
    bytes: async () => withSegment(await jpegOf(UPRIGHT, best), 0xe1, Buffer.from(XMP)),
    becomes: jpeg(96, 64),
  },
  {
    name: 'a turned JPEG with a place that is kept as it is', key: 'turned.jpg', by: UNTOUCHED, bytes: () => photograph(6),
    becomes: jpeg(96, 64, { warning: /EXIF orientation 6[^]*|GPS/ }),
  },
];
