import { inspect } from '../../../src/runtime/images/gate';
import { sniff } from '../../../src/runtime/images/sniff';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

test.each<[string, string]>([
  ['BMP', 'BM\x46\0\0\0'],
  ['HEIC', '\0\0\0\x24ftypheic\0\0\0\0'],
  ['JPEG XL', '\0\0\0\x0cJXL \r\n\x87\n'],
  ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"></svg>'],
  ['SVG', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="9"/>'],
])('%s is an image, of a type that is named and not accepted', (name, bytes) => {
  expect(sniff(latin1(bytes))).toEqual({ kind: 'other-image', name });
  expect(inspect(latin1(bytes))).toEqual({ ok: false, reason: 'unsupported-type', detail: `the file is ${name}; JPEG, PNG, WebP, AVIF, GIF and TIFF are accepted` });
});

test.each<[string, string]>([
  ['gif', 'GIF89a\x01\0\x01\0'], ['gif', 'GIF87a'], ['webp', 'RIFF\x24\0\0\0WEBPVP8 '], ['tiff', 'II*\0\x08\0\0\0'], ['tiff', 'MM\0*\0\0\0\x08'], ['tiff', 'II+\0'],
])('%s is known by its beginning', (kind, bytes) => {
  expect(sniff(latin1(bytes))).toEqual({ kind });
});

test.each<[string, string]>([
  ['HTML', '<!DOCTYPE html>\n<html><body>404 <svg></svg></body></html>'],
  ['HTML', '\n<html lang="en">'],
  ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
  ['JSON', '{"source-ref": "s3://a/b"}'],
  ['PDF', '%PDF-1.7\n'],
  ['ZIP', 'PK\x03\x04\x14\0'],
  ['MP4 video', '\0\0\0\x20ftypisom\0\0\x02\0'],
  ['QuickTime video', '\0\0\0\x14ftypqt  \0\0\0\0'],
  ['RIFF audio or video', 'RIFF\x24\0\0\0AVI LIST'],
  ['text', 'name,label\r\na.jpg,froth\r\n'],
  ['unknown data', '\x01\x02\x03\x04\x05'],
  ['unknown data', '\xff\xfb\x90\x64'],
])('%s is no image, and is named', (name, bytes) => {
  expect(inspect(latin1(bytes))).toEqual({ ok: false, reason: 'not-an-image', detail: `the file is ${name}; JPEG, PNG, WebP, AVIF, GIF and TIFF are accepted` });
});

test('text in other encodings is text', () => {
  expect(sniff(Buffer.from('größer als höchstens ✓'.repeat(100), 'utf8'))).toEqual({ kind: 'not-an-image', name: 'text' });
  expect(sniff(Buffer.from('\ufeffhello', 'utf16le'))).toEqual({ kind: 'not-an-image', name: 'text' });
});

test('nothing is empty', () => {
  expect(inspect(new Uint8Array(0))).toEqual({ ok: false, reason: 'empty', detail: 'the file has 0 bytes; an image is expected' });
});
