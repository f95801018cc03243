import { ImageType } from './header';

/** What bytes are, by their content; names and content types are not asked. */
export type Sniffed = { readonly kind: ImageType } | { readonly kind: 'other-image' | 'not-an-image'; readonly name: string };

const MAGIC: readonly (readonly [offset: number, bytes: string, name: string, image: boolean])[] = [
  [0, 'BM', 'BMP', true],
  [0, 'II\xbc', 'JPEG XR', true],
  [0, '\0\0\0\x0cjP  ', 'JPEG 2000', true],
  [0, '\xffO\xffQ', 'JPEG 2000', true],
  [0, '\0\0\0\x0cJXL ', 'JPEG XL', true],
  [0, '\xff\n', 'JPEG XL', true],
  [0, '\0\0\x01\0', 'ICO', true],
  [0, '8BPS', 'Photoshop', true],
  [0, 'DDS ', 'DDS', true],
  [0, 'v/1\x01', 'OpenEXR', true],
  [0, '%PDF-', 'PDF', false],
  [0, 'PK\x03\x04', 'ZIP', false],
  [0, '\x1f\x8b', 'gzip', false],
  [4, 'ftypqt', 'QuickTime video', false],
  [0, '\x1aE\xdf\xa3', 'Matroska video', false],
];

const HEIF_BRANDS: { readonly [brand: string]: string } = {
  avif: 'AVIF', avis: 'AVIF', heic: 'HEIC', heix: 'HEIC', hevc: 'HEIC', hevx: 'HEIC', heim: 'HEIC', heis: 'HEIC', mif1: 'HEIF', msf1: 'HEIF',
};

/** Of either byte order, and the kind for large files. */
const TIFF = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';

export function sniff(bytes: Buffer): Sniffed {
  const head = bytes.toString('latin1', 0, 64);
  if (head.startsWith('\xff\xd8')) {
    return { kind: 'jpeg' };
  }
  // a cut signature is a cut PNG; the reader says so
  if (head.startsWith(PNG_SIGNATURE) || (head.length < 8 && head.length > 1 && PNG_SIGNATURE.startsWith(head))) {
    return { kind: 'png' };
  }
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) {
    return { kind: 'gif' };
  }
  if (TIFF.some((magic) => head.startsWith(magic))) {
    return { kind: 'tiff' };
  }
  if (head.startsWith('RIFF')) {
    return head.slice(8, 12) === 'WEBP' ? { kind: 'webp' } : { kind: 'not-an-image', name: 'RIFF audio or video' };
  }
  if (head.slice(4, 8) === 'ftyp' && !head.startsWith('qt', 8)) {
    const image = HEIF_BRANDS[head.slice(8, 12)];
    if (image === 'AVIF' || (image === 'HEIF' && brandsOf(head).includes('avif'))) {
      return { kind: 'avif' };
    }
    return image === undefined ? { kind: 'not-an-image', name: 'MP4 video' } : { kind: 'other-image', name: image };
  }
  const magic = MAGIC.find(([offset, start]) => head.startsWith(start, offset));
  if (magic !== undefined) {
    return { kind: magic[3] ? 'other-image' : 'not-an-image', name: magic[2] };
  }
  return sniffText(bytes);
}

/** Brands that the file is compatible with, as far as they are in its head. */
function brandsOf(head: string): string[] {
  const length = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE();
  return head.slice(16, length).match(/.{4}/gs) ?? [];
}

function sniffText(bytes: Buffer): Sniffed {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = bytes.subarray(0, 1024).toString(utf16 ? 'utf16le' : 'utf8').replace(/^\ufeff/, '').trimStart();
  if (/^(<\?xml[^]*?|<!--[^]*?|<!DOCTYPE\s+svg[^]*?)?<svg[\s>]/i.test(text)) {
    return { kind: 'other-image', name: 'SVG' };
  }
  if (/^(<!--[^]*?-->\s*)?<(!doctype html|html|head|body)[\s>]/i.test(text)) {
    return { kind: 'not-an-image', name: 'HTML' };
  }
  if (/^<(\?xml|[a-z!])/i.test(text)) {
    return { kind: 'not-an-image', name: 'XML' };
  }
  if (/^[{[]/.test(text) && isText(text)) {
    return { kind: 'not-an-image', name: 'JSON' };
  }
  return { kind: 'not-an-image', name: isText(text) ? 'text' : 'unknown data' };
}

/** No control characters but white space; the last character may be a cut one. */
function isText(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return !/[\0-\x08\x0e-\x1f]/.test(text) && !text.slice(0, -1).includes('\ufffd');
}
