import { ImageHeader } from './header';

/** Segments that the picture depends on besides its data. The sRGB profile stays: without it some viewers use the screen's colours. */
const KEPT_JPEG = ['APP0/JFIF', 'APP2/ICC', 'APP14/Adobe'];

/** Chunks that the picture depends on. Text, time, Exif and animation are not among them. */
const KEPT_PNG = ['signature', 'IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'sRGB', 'iCCP', 'gAMA', 'cHRM', 'sBIT', 'pHYs'];

/** The same picture, bit for bit, without anything private: no Exif, XMP, comments, previews, nor anything behind the image's end. */
export function stripMetadata(bytes: Uint8Array, header: ImageHeader): Uint8Array {
  const parts = header.parts.filter(({ name }) => (header.type === 'png' ? keepsChunk(name, header) : keepsSegment(name)));
  if (parts.length === header.parts.length && header.end === bytes.length) {
    return bytes;
  }
  return Buffer.concat(parts.map(({ start, end }) => bytes.subarray(start, end)));
}

/** A profile that does not unpack is none, but some viewers refuse the whole image for it. */
function keepsChunk(name: string, { profile }: ImageHeader): boolean {
  return KEPT_PNG.includes(name) && (name !== 'iCCP' || profile === 'srgb');
}

function keepsSegment(name: string): boolean {
  return !name.startsWith('APP') && name !== 'FE' ? true : KEPT_JPEG.includes(name);
}
