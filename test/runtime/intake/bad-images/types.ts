import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { Case, FIRST_ROWS, UNTOUCHED, jpeg, png, quarantine } from './case';
import { bmp, heifHead, tiffPages } from './foreign-files';
import { avifOf, box, codedOf, ispe, madeAvif } from '../../images/avif-files';
import { jpegOf, open, paint, pngOf, texture, withChunk, withSegment } from '../../images/samples';

const SVG_OUTSIDE = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">'
  + '<image xlink:href="http://169.254.169.254/latest/meta-data/" width="90" height="90"/></svg>';

const SVG_FILE = '<!DOCTYPE svg [<!ENTITY passwords SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&passwords;</text></svg>';

const FRAMES = [0, 1, 2].map((shade) => paint(60, 40, () => [shade * 80, 90, 40]));

/** The frames one above the other, which the encoders take apart. */
function frames(format: 'gif' | 'webp'): Promise<Buffer> {
  const raw = { width: 60, height: 120, channels: 3, pageHeight: 40 } as const;
  return sharp(Buffer.concat(FRAMES.map(({ data }) => data)), { raw })[format]({ delay: [100, 100, 100] }).toBuffer();
}

const cut = (bytes: Buffer, missing: number): Buffer => bytes.subarray(0, bytes.length - missing);

/** A TIFF of `tiffPages` with another number of bits a sample. */
function withNumbers(tiff: Buffer, bits: number): Buffer {
  const changed = Buffer.from(tiff);
  changed.writeUInt16LE(bits, 8 + 2 + 2 * 12 + 8);
  return changed;
}

function withCanvas(gif: Buffer, width: number, height: number): Buffer {
  gif.writeUInt16LE(width, 6);
  gif.writeUInt16LE(height, 8);
  return gif;
}

/** The end of its coded data is noise. */
function damagedAtItsEnd(avif: Buffer): Buffer {
  for (let at = avif.length - 2_000; at < avif.length; at += 1) {
    avif[at] = (at * 97) & 255;
  }
  return avif;
}

async function avifBomb(): Promise<Buffer> {
  const { data, av1C } = codedOf(await avifOf(texture(900, 600)));
  return madeAvif({ items: [{ type: 'av01', data, properties: [ispe(16, 16), box('av1C', av1C)] }] });
}

const refused = (name: string, key: string, bytes: Case['bytes'], type: string): Case => ({
  name, key, bytes, becomes: quarantine('unsupported-type', new RegExp(`the file is ${type}; JPEG, PNG, WebP, AVIF, GIF and TIFF are accepted`)),
});

const noImage = (name: string, key: string, bytes: Case['bytes'], type: string): Case => ({
  name, key, bytes, becomes: quarantine('not-an-image', new RegExp(`the file is ${type}; JPEG, PNG, WebP, AVIF, GIF and TIFF are accepted`)),
});

export const TYPES: readonly Case[] = [
  { name: 'a PNG named as a JPEG', key: 'photo.jpg', bytes: () => pngOf(texture(90, 60)), becomes: png(90, 60) },
  { name: 'a JPEG named as a PNG', key: 'photo.png', bytes: () => jpegOf(texture(90, 60)), becomes: jpeg(90, 60) },
  { name: 'a JPEG without an extension', key: 'photo', bytes: () => jpegOf(texture(90, 60)), becomes: jpeg(90, 60) },
  { name: 'a JPEG named as a program', key: 'photo.exe', bytes: () => jpegOf(texture(90, 60)), becomes: jpeg(90, 60) },
  // browsers show them, Ground Truth's own tools do not all: workers get a JPEG
  { name: 'a GIF', key: 'a.gif', bytes: () => open(FRAMES[0]).gif().toBuffer(), becomes: jpeg(60, 40) },
  { name: 'a GIF of three frames', key: 'a.gif', bytes: () => frames('gif'), becomes: jpeg(60, 40, { looksLike: () => pngOf(FRAMES[0]), warning: /animated: workers see its first frame/ }) },
  {
    name: 'a GIF of 87 whose frame leaves some of its canvas free', key: 'a.gif',
    bytes: async () => Buffer.from('R0lGODdhCAAIAIAAAP8AAAAAACwAAAAABAAEAAACBISPqVkAOw==', 'base64'),
    becomes: jpeg(8, 8, { tolerance: 255 }),
  },
  { name: 'a WebP', key: 'a.webp', bytes: () => open(FRAMES[0]).webp().toBuffer(), becomes: jpeg(60, 40) },
  { name: 'a WebP without loss', key: 'a.webp', bytes: () => open(texture(90, 60)).webp({ lossless: true }).toBuffer(), becomes: jpeg(90, 60) },
  { name: 'a WebP of three frames', key: 'a.webp', bytes: () => frames('webp'), becomes: jpeg(60, 40, { looksLike: () => pngOf(FRAMES[0]), warning: /animated: workers see its first frame/ }) },
  { name: 'a WebP named as a JPEG', key: 'a.jpg', bytes: () => open(FRAMES[0]).webp().toBuffer(), becomes: jpeg(60, 40) },
  { name: 'a WebP that lies on its side', key: 'a.webp', bytes: () => open(texture(90, 60)).webp().withMetadata({ orientation: 6 }).toBuffer(), becomes: jpeg(60, 90) },
  { name: 'an AVIF', key: 'a.avif', bytes: () => avifOf(texture(90, 60)), becomes: jpeg(90, 60, { looksLike: () => pngOf(texture(90, 60)), tolerance: 12 }) },
  { name: 'an AVIF of 10 bits', key: 'a.avif', bytes: () => avifOf(texture(90, 60), { bitdepth: 10 }), becomes: jpeg(90, 60, { looksLike: () => pngOf(texture(90, 60)), tolerance: 12 }) },
  { name: 'an AVIF named as a JPEG, that lies on its side', key: 'a.jpg', bytes: () => open(texture(90, 60)).withMetadata({ orientation: 6 }).avif({ effort: 0, quality: 90 }).toBuffer(), becomes: jpeg(60, 90, { looksLike: () => open(texture(90, 60)).rotate(90).png().toBuffer(), tolerance: 12 }) },
  { name: 'an AVIF of which only the first rows are used', key: 'a.avif', by: FIRST_ROWS, bytes: () => avifOf(texture(90, 60)), becomes: jpeg(64, 32, { looksLike: () => open(texture(90, 60)).extract({ left: 0, top: 0, width: 64, height: 32 }).png().toBuffer(), tolerance: 12 }) },
  { name: 'a cut AVIF', key: 'a.avif', by: FIRST_ROWS, bytes: async () => cut(await avifOf(texture(90, 60)), 1), becomes: quarantine('truncated', /the box "mdat" at byte \d+ reaches 1 bytes too far/) },
  { name: 'an AVIF that is damaged where nobody will look', key: 'a.avif', by: FIRST_ROWS, bytes: async () => damagedAtItsEnd(await avifOf(texture(900, 600))), becomes: quarantine('corrupt', /does not decode/) },
  { name: 'an AVIF whose data are larger than it says', key: 'a.avif', bytes: () => avifBomb(), becomes: quarantine('corrupt', /says that a part of it is 16x16, and its data are 900x600/) },
  { name: 'an AVIF as it is, for workers whose tools do not show it', key: 'a.avif', by: UNTOUCHED, bytes: () => avifOf(texture(90, 60)), becomes: quarantine('unsupported-type', /the file is of the type AVIF; as they are, workers are shown JPEG and PNG alone/) },
  refused('a HEIC', 'a.heic', () => heifHead('heic'), 'HEIC'),
  { name: 'a TIFF', key: 'a.tif', bytes: () => open(texture(90, 60)).tiff().toBuffer(), becomes: jpeg(90, 60) },
  { name: 'a TIFF of three pages', key: 'a.tif', bytes: () => tiffPages(3), becomes: jpeg(8, 8, { warning: /several pages: workers see its first one/ }) },
  { name: 'a TIFF of 16 bits in tiles, deflated', key: 'a.tif', bytes: () => open(texture(200, 160)).toColourspace('rgb16').tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: 'deflate' }).toBuffer(), becomes: jpeg(200, 160, { looksLike: () => pngOf(texture(200, 160)) }) },
  { name: 'a grey TIFF that is compressed', key: 'a.tif', bytes: () => open(texture(90, 60)).greyscale().tiff({ compression: 'lzw' }).toBuffer(), becomes: jpeg(90, 60) },
  { name: 'a TIFF as it is, for workers whose browsers do not show it', key: 'a.tif', by: UNTOUCHED, bytes: () => open(texture(90, 60)).tiff().toBuffer(), becomes: quarantine('unsupported-type', /the file is of the type TIFF; as they are, workers are shown JPEG and PNG alone/) },
  { name: 'a cut TIFF', key: 'a.tif', bytes: async () => cut(await open(texture(90, 60)).tiff({ compression: 'none' }).toBuffer(), 100), becomes: quarantine('truncated', /of the TIFF reaches|the TIFF refers to byte/) },
  { name: 'the beginning of a TIFF', key: 'a.tif', bytes: () => Buffer.from('II*\0\x08\0\0\0', 'latin1'), becomes: quarantine('truncated', /the TIFF refers to byte 8/) },
  { name: 'a TIFF of 32 bits a sample', key: 'a.tif', bytes: () => withNumbers(tiffPages(1), 32), becomes: quarantine('unsupported-type', /floating point/) },
  { name: 'a cut GIF', key: 'a.gif', bytes: async () => cut(await open(texture(90, 60)).gif().toBuffer(), 1), becomes: quarantine('truncated', /before the end of the GIF/) },
  { name: 'a cut WebP', key: 'a.webp', bytes: async () => cut(await open(texture(90, 60)).webp().toBuffer(), 1), becomes: quarantine('truncated', /the WebP says that it has/) },
  ...[[640, 480], [3_000, 40], [30, 20]].map(([width, height]): Case => ({
    name: `a GIF of 60x40 that says ${width}x${height}, which the decoder does not believe`, key: 'a.gif',
    bytes: async () => withCanvas(await open(FRAMES[0]).gif().toBuffer(), width, height),
    becomes: quarantine('corrupt', new RegExp(`header says ${width}x${height} pixels, and its frames take 60x40`)),
  })),
  { name: 'a GIF without an image', key: 'a.gif', bytes: () => Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), becomes: quarantine('corrupt', /the GIF holds no image/) },
  { name: 'a WebP without an image', key: 'a.webp', bytes: () => Buffer.from('RIFF\x0c\0\0\0WEBPABCD\0\0\0\0', 'latin1'), becomes: quarantine('corrupt', /does not begin with the header of an image/) },
  { name: 'a GIF whose canvas would fill the memory', key: 'a.gif', bytes: () => Buffer.from('GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0;', 'latin1'), becomes: quarantine('too-many-pixels', /the image is 65535x65535|needs \d+ bytes to decode/) },
  refused('a BMP', 'a.bmp', () => bmp(20, 10), 'BMP'),
  refused('an SVG that asks a server for its content', 'a.svg', () => Buffer.from(SVG_OUTSIDE), 'SVG'),
  refused('an SVG that asks for a file, named as a JPEG', 'a.jpg', () => Buffer.from(SVG_FILE), 'SVG'),
  refused('a JPEG 2000', 'a.jp2', () => Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), 'JPEG 2000'),
  noImage('a page of a proxy, named as a JPEG', 'a.jpg', () => Buffer.from('<!DOCTYPE html><html><body>502 Bad Gateway</body></html>'), 'HTML'),
  noImage('an error of S3, named as a JPEG', 'a.jpg', () => Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'XML'),
  noImage('a script', 'a.png', () => Buffer.from('#!/bin/sh\nrm -rf /\n'), 'text'),
  noImage('a JSON document', 'labels.json', () => Buffer.from('{"label": 1}'), 'JSON'),
  noImage('a PDF', 'a.pdf', () => Buffer.from('%PDF-1.7\n'), 'PDF'),
  noImage('a ZIP', 'images.zip', () => Buffer.from('PK\x03\x04rest', 'latin1'), 'ZIP'),
  noImage('a compressed SVG', 'a.svgz', () => gzipSync(SVG_OUTSIDE), 'gzip'),
  noImage('a video', 'a.mp4', () => heifHead('isom'), 'MP4 video'),
  noImage('noise', 'a.jpg', () => Buffer.from(texture(30, 30).data.map((value) => value * 7)), 'unknown data'),
  {
    name: 'a JPEG with a page behind its end', key: 'polyglot.jpg',
    bytes: async () => Buffer.concat([await jpegOf(texture(90, 60)), Buffer.from('<html><script>alert(1)</script></html>')]),
    becomes: jpeg(90, 60),
  },
  {
    name: 'a JPEG with another one behind its end', key: 'two.jpg', by: FIRST_ROWS,
    bytes: async () => Buffer.concat([await jpegOf(texture(90, 60)), await jpegOf(texture(20, 20))]),
    becomes: jpeg(64, 32, {
      looksLike: async () => sharp(await jpegOf(texture(90, 60))).extract({ left: 0, top: 0, width: 64, height: 32 }).png().toBuffer(),
    }),
  },
  {
    name: 'a JPEG with a page in its comment', key: 'comment.jpg',
    bytes: async () => withSegment(await jpegOf(texture(90, 60)), 0xfe, Buffer.from('<?php system($_GET["x"]); ?>')),
    becomes: jpeg(90, 60),
  },
  {
    name: 'a PNG with a page in its text', key: 'text.png',
    bytes: async () => withChunk(await pngOf(texture(90, 60)), 'tEXt', Buffer.from('Comment\0<script>alert(1)</script>')),
    becomes: png(90, 60),
  },
  {
    name: 'a PNG of Apple\'s own kind', key: 'ios.png',
    bytes: async () => {
      const whole = await pngOf(texture(20, 20));
      return Buffer.concat([whole.subarray(0, 8), Buffer.from('\0\0\0\x04CgBI\x50\0\x20\x06\x2c\xb8\x77\x66', 'latin1'), whole.subarray(8)]);
    },
    becomes: quarantine('unsupported-type', /CgBI/),
  },
  {
    name: 'an animated PNG', key: 'moving.png',
    bytes: async () => withChunk(await pngOf(texture(60, 40)), 'acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
    becomes: png(60, 40, { looksLike: () => pngOf(texture(60, 40)), warning: /animated: workers see its first frame/ }),
  },
  { name: 'what a console puts where a folder is made', key: 'new folder/', bytes: () => Buffer.alloc(0), becomes: { kind: 'folder' } },
  { name: 'an image whose key ends as a folder\'s', key: 'camera/', bytes: () => jpegOf(texture(90, 60)), becomes: jpeg(90, 60) },
];
