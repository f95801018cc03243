import { Orientation } from '../../contract/geometry';

export interface ExifFacts {
  readonly orientation: Orientation;
  readonly hasGps: boolean;
}

const NOTHING: ExifFacts = { orientation: 1, hasGps: false };
const TAG_ORIENTATION = 0x0112;
const TAG_GPS = 0x8825;

/**
 * What we need from a TIFF block (the body of an Exif segment or chunk). Metadata that does not parse never refuses an image:
 * viewers ignore it, and so do we.
 */
export function readExif(tiff: Buffer): ExifFacts {
  const order = tiff.toString('latin1', 0, 4);
  if (tiff.length < 8 || (order !== 'II*\0' && order !== 'MM\0*')) {
    return NOTHING;
  }
  const little = order === 'II*\0';
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = u32(4);
  if (directory + 2 > tiff.length) {
    return NOTHING;
  }
  let orientation: Orientation = 1;
  let hasGps = false;
  const entries = Math.min(u16(directory), Math.floor((tiff.length - directory - 2) / 12));
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    const tag = u16(at);
    if (tag === TAG_ORIENTATION) {
      orientation = asOrientation(u16(at + 8));
    } else if (tag === TAG_GPS) {
      const gps = u32(at + 8);
      hasGps = gps + 2 > tiff.length || u16(gps) > 0;
    }
  }
  return { orientation, hasGps };
}

function asOrientation(value: number): Orientation {
  return value >= 1 && value <= 8 ? value as Orientation : 1;
}

/** Whether an XMP packet tells where the picture was taken. */
export function xmpHasGps(xmp: Buffer): boolean {
  return xmp.includes('GPSLatitude') || xmp.includes('GPSLongitude');
}
