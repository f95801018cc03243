import { ImageHeader } from './header';

/** Segments that the picture depends on besides its data. The sRGB profile stays: without it some viewers use the screen's colours. */
const KEPT_JPEG = ['APP0/JFIF', 'APP2/ICC', 'APP14/Adobe'];

/** Chunks that the picture depends on. Text, time, Exif and animation are not among them. */
const KEPT_PNG = ['signature', 'IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'sRGB', 'iCCP', 'gAMA', 'cHRM', 'sBIT', 'pHYs'];

/** Chunks of one size only, with their frame. Unit: bytes. Decoders either pass over one of another size or refuse the image for it. */
const EXACT_PNG: { readonly [name: string]: number } = { sRGB: 13, gAMA: 16, pHYs: 21, cHRM: 44 };

/** The same picture, bit for bit, without anything private: no Exif, XMP, comments, previews, nor anything behind the image's end. */
export function stripMetadata(bytes: Uint8Array, header: ImageHeader): Uint8Array {
  const seen = new Set<string>();
  const parts = header.parts.filter((part) => (header.type === 'png' ? keepsChunk(part, header, seen) : keepsSegment(part.name)));
  if (parts.length === header.parts.length && header.end === bytes.length) {
    return bytes;
  }
  return Buffer.concat(parts.map(({ start, end }) => bytes.subarray(start, end)));
}

/**
 * A profile that does not unpack is none, but some viewers refuse the whole image for it. Of a chunk that comes again where only one
 * is allowed the first counts, and only that was read.
 */
function keepsChunk({ name, start, end }: ImageHeader['parts'][number], { profile }: ImageHeader, seen: Set<string>): boolean {
  const isOdd = (seen.has(name) && name !== 'IDAT') || (EXACT_PNG[name] ?? end - start) !== end - start;
  seen.add(name);
  return !isOdd && KEPT_PNG.includes(name) && (name !== 'iCCP' || profile === 'srgb');
}

function keepsSegment(name: string): boolean {
  return !name.startsWith('APP') && name !== 'FE' ? true : KEPT_JPEG.includes(name);
}
