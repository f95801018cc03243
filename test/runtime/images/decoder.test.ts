import { decodeFault } from '../../../src/runtime/images/decoder';

test.each([
  ['tiff2vips: Out of memory reading of "Compression"\ntiff2vips: Out of memory reading of "Compression"', 'corrupt', 'tiff2vips: Out of memory reading of "Compression"'],
  ['VipsJpeg: premature end of JPEG image', 'truncated', 'VipsJpeg: premature end of JPEG image'],
])('%j is the image\'s fault, in one line', (message, reason, told) => {
  expect(decodeFault(new Error(message))).toEqual({ reason, detail: `the image does not decode: ${told}` });
});

test.each(['out of memory', 'unable to malloc 10 bytes', 'Cannot find module'])('%s is the machine\'s fault', (message) => {
  expect(() => decodeFault(new Error(message))).toThrow(message);
});
