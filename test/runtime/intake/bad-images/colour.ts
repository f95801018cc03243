import { deflateSync } from 'node:zlib';
import { AS_IT_IS, Case, FIRST_ROWS, UNTOUCHED, jpeg, png, quarantine } from './case';
import {
  ADOBE_RGB, SRGB, SRGB_CURVE, chunk, gradient, iccSegment, ihdr, jpegOf, open, paint, pngOf, profile, rawPng,
  texture, withChunk, withSegment,
} from '../../images/samples';

const PICTURE = gradient(96, 64);

/** Colours that ink can show. */
const INKS: readonly (readonly [number, number, number])[] = [[200, 80, 70], [90, 120, 160], [220, 200, 120], [128, 128, 128]];
const PRINT = paint(96, 64, (x, y) => INKS[(x < 48 ? 0 : 1) + (y < 32 ? 0 : 2)]);
const plainPng = () => pngOf(PICTURE);
const best = { quality: 100, chromaSubsampling: '4:4:4' } as const;
const iccp = (icc: Buffer) => Buffer.concat([Buffer.from('profile\0\0', 'latin1'), deflateSync(icc)]);
const rowsOf = (length: number, value: (at: number) => number) => Buffer.from(Array.from({ length }, (_, at) => value(at)));
const cmykProfile = () => {
  const made = profile(SRGB, SRGB_CURVE);
  made.write('CMYK', 16, 'latin1');
  return made;
};
const toJpeg = { ...AS_IT_IS, output: { format: 'jpeg' } } as const;

export const COLOUR: readonly Case[] = [
  {
    name: 'a CMYK JPEG', key: 'print.jpg', bytes: () => open(PRINT).toColourspace('cmyk').jpeg(best).toBuffer(),
    // how inks look is a matter of the press; taken for their opposites they would be off by 100 and more
    becomes: jpeg(96, 64, { looksLike: () => pngOf(PRINT), tolerance: 30 }),
  },
  {
    name: 'a CMYK JPEG that is kept as it is', key: 'print.jpg', by: UNTOUCHED, bytes: () => open(PICTURE).toColourspace('cmyk').jpeg(best).toBuffer(),
    becomes: jpeg(96, 64, { warning: /CMYK: browsers differ/ }),
  },
  { name: 'a grey JPEG', key: 'grey.jpg', bytes: () => open(PICTURE).toColourspace('b-w').jpeg(best).toBuffer(), becomes: jpeg(96, 64) },
  { name: 'a progressive JPEG', key: 'web.jpg', bytes: () => jpegOf(PICTURE, { ...best, progressive: true }), becomes: jpeg(96, 64) },
  {
    name: 'a progressive JPEG of which the first rows are used', key: 'web.jpg', by: FIRST_ROWS, bytes: () => jpegOf(PICTURE, { ...best, progressive: true }),
    becomes: jpeg(64, 32, { looksLike: () => open(PICTURE).extract({ left: 0, top: 0, width: 64, height: 32 }).png().toBuffer() }),
  },
  { name: 'an interlaced PNG', key: 'web.png', bytes: () => pngOf(PICTURE, { progressive: true }), becomes: png(96, 64) },
  { name: 'a PNG of 16 bit', key: 'deep.png', bytes: () => open(PICTURE).toColourspace('rgb16').png().toBuffer(), becomes: png(96, 64) },
  {
    name: 'a grey PNG of 16 bit', key: 'deep.png', bytes: () => open(PICTURE).toColourspace('grey16').png().toBuffer(),
    becomes: png(96, 64, { looksLike: () => open(PICTURE).toColourspace('b-w').png().toBuffer() }),
  },
  {
    name: 'a PNG of 1 bit', key: 'scan.png', bytes: () => rawPng(ihdr(64, 40, 1, 0), rowsOf(40 * 9, (at) => (at % 9 === 0 ? 0 : 0x0f))), becomes: png(64, 40),
  },
  { name: 'a PNG with a palette', key: 'chart.png', bytes: () => pngOf(PICTURE, { palette: true }), becomes: png(96, 64) },
  { name: 'a PNG with transparent parts', key: 'glass.png', bytes: () => open(PICTURE).ensureAlpha(0.5).png().toBuffer(), becomes: png(96, 64) },
  {
    name: 'a PNG with transparent parts that becomes a JPEG', key: 'glass.png', by: toJpeg, bytes: () => open(PICTURE).ensureAlpha(0.5).png().toBuffer(),
    becomes: jpeg(96, 64, { warning: /transparent parts: they were filled/ }),
  },
  {
    name: 'a grey PNG with one transparent shade', key: 'key.png', by: toJpeg,
    bytes: () => rawPng(ihdr(32, 32, 8, 0), rowsOf(32 * 33, (at) => (at % 33) * 7), [chunk('tRNS', Buffer.from([0, 70]))]),
    becomes: jpeg(32, 32, { warning: /transparent parts/ }),
  },
  { name: 'a JPEG in Display P3', key: 'phone.jpg', bytes: () => open(PICTURE).withIccProfile('p3').jpeg(best).toBuffer(), becomes: jpeg(96, 64) },
  { name: 'a PNG in Display P3', key: 'phone.png', bytes: () => open(PICTURE).withIccProfile('p3').png().toBuffer(), becomes: png(96, 64) },
  {
    name: 'a JPEG in Adobe RGB', key: 'studio.jpg',
    bytes: async () => withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(profile(ADOBE_RGB, 2.19921875, 'Adobe RGB (1998)'))), becomes: jpeg(96, 64),
  },
  { name: 'a JPEG with an sRGB profile', key: 'camera.jpg', bytes: async () => withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(profile(SRGB, SRGB_CURVE, 'sRGB'))), becomes: jpeg(96, 64) },
  {
    name: 'a JPEG with a profile that is no profile', key: 'odd.jpg', bytes: async () => withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(Buffer.alloc(500, 0x41))),
    becomes: jpeg(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a JPEG with a profile for printers', key: 'odd.jpg', bytes: async () => withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(cmykProfile())),
    becomes: jpeg(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a JPEG with half of a profile', key: 'odd.jpg',
    bytes: async () => withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(profile(ADOBE_RGB, 2.2).subarray(0, 200), 1, 2)),
    becomes: jpeg(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a JPEG with a profile whose tags lie outside of it', key: 'odd.jpg',
    bytes: async () => {
      const icc = profile(ADOBE_RGB, 2.2);
      icc.fill(0xff, 136, 140);
      icc.writeUInt32BE(0xffffffff, 128);
      return withSegment(await jpegOf(PICTURE, best), 0xe2, iccSegment(icc));
    },
    becomes: jpeg(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a profile that is no profile', key: 'odd.png', bytes: async () => withChunk(await plainPng(), 'iCCP', iccp(Buffer.alloc(300, 0x41))),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a profile that does not unpack', key: 'odd.png', bytes: async () => withChunk(await plainPng(), 'iCCP', Buffer.from('profile\0\0rubbish', 'latin1')),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a profile in a compression that does not exist', key: 'odd.png',
    bytes: async () => withChunk(await plainPng(), 'iCCP', Buffer.concat([Buffer.from('profile\0\x07', 'latin1'), iccp(profile(SRGB, SRGB_CURVE)).subarray(9)])),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a second profile, in a compression that does not exist', key: 'odd.png',
    bytes: async () => withChunk(withChunk(await plainPng(), 'iCCP', Buffer.from('profile\0\x07rubbish', 'latin1')), 'iCCP', iccp(profile(SRGB, SRGB_CURVE, 'sRGB'))),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with half a chunk of primary colours', key: 'odd.png', bytes: async () => withChunk(await plainPng(), 'cHRM', Buffer.alloc(16, 1)),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a profile that unpacks to 50 MB', key: 'bomb.png', bytes: async () => withChunk(await plainPng(), 'iCCP', iccp(Buffer.alloc(50_000_000))),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a PNG with a text that unpacks to 50 MB', key: 'bomb.png',
    bytes: async () => withChunk(await plainPng(), 'zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(50_000_000))])),
    becomes: png(96, 64, { looksLike: plainPng }),
  },
  {
    name: 'a JPEG of 12 bit', key: 'medical.jpg',
    bytes: async () => {
      const made = await jpegOf(PICTURE);
      made[made.indexOf(Buffer.from([0xff, 0xc0])) + 4] = 12;
      return made;
    },
    becomes: quarantine('unsupported-type', /12 bits a sample/),
  },
  { name: 'an image of one pixel', key: 'pixel.png', bytes: () => pngOf(texture(1, 1)), becomes: png(1, 1) },
  { name: 'an image of one row', key: 'row.jpg', bytes: () => jpegOf(gradient(300, 1), best), becomes: jpeg(300, 1) },
];
