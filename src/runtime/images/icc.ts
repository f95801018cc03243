/**
 * Whether an ICC profile describes sRGB, by its numbers and not by its name. A colour transform costs as much as decoding,
 * and from sRGB to sRGB it only loses precision.
 */

/** Columns of the sRGB matrix, adapted to the D50 white of the profile connection space. */
const SRGB_PRIMARIES: { readonly [tag: string]: readonly [number, number, number] } = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};

/** Profiles in use round their primaries differently; Display P3 is 0.08 away. */
const PRIMARY_TOLERANCE = 0.003;

/** The curve, as a share of full light: half a step of 8 bit. Gamma 2.2, which is not sRGB, is 0.007 away. */
const CURVE_TOLERANCE = 0.002;
const CURVE_SAMPLES = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95];

export function isSrgbProfile(profile: Buffer): boolean {
  if (profile.length < 132 || profile.toString('latin1', 16, 20) !== 'RGB ' || profile.toString('latin1', 20, 24) !== 'XYZ ') {
    return false;
  }
  const tags = readTags(profile);
  // a table, where there is one, wins over the matrix
  if (tags.has('A2B0') || tags.has('A2B1')) {
    return false;
  }
  const primaries = Object.entries(SRGB_PRIMARIES).every(([name, expected]) => isNear(readXyz(tags.get(name)), expected));
  return primaries && ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(tags.get(name)));
}

function readTags(profile: Buffer): Map<string, Buffer> {
  const tags = new Map<string, Buffer>();
  const count = Math.min(profile.readUInt32BE(128), Math.floor((profile.length - 132) / 12));
  for (let index = 0; index < count; index++) {
    const at = 132 + index * 12;
    const start = profile.readUInt32BE(at + 4);
    tags.set(profile.toString('latin1', at, at + 4), profile.subarray(start, start + profile.readUInt32BE(at + 8)));
  }
  return tags;
}

function readXyz(tag: Buffer | undefined): readonly number[] {
  return tag !== undefined && tag.length >= 20 && tag.toString('latin1', 0, 4) === 'XYZ ' ? [8, 12, 16].map((at) => fixed(tag, at)) : [];
}

function isNear(actual: readonly number[], expected: readonly number[]): boolean {
  return actual.length === expected.length && expected.every((value, index) => Math.abs(value - actual[index]) <= PRIMARY_TOLERANCE);
}

function isSrgbCurve(tag: Buffer | undefined): boolean {
  const curve = tag === undefined ? undefined : readCurve(tag);
  return curve !== undefined && CURVE_SAMPLES.every((x) => Math.abs(curve(x) - srgbCurve(x)) <= CURVE_TOLERANCE);
}

function srgbCurve(x: number): number {
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

/** A `curv` table or a `para` function. Other kinds, and plain gammas, are not sRGB. */
function readCurve(tag: Buffer): ((x: number) => number) | undefined {
  const type = tag.toString('latin1', 0, 4);
  if (type === 'curv' && tag.length >= 12) {
    const count = tag.readUInt32BE(8);
    if (count < 2 || tag.length < 12 + count * 2) {
      return undefined;
    }
    const entry = (index: number) => tag.readUInt16BE(12 + index * 2) / 65535;
    return (x) => {
      const low = Math.min(Math.floor(x * (count - 1)), count - 2);
      return entry(low) + (entry(low + 1) - entry(low)) * (x * (count - 1) - low);
    };
  }
  if (type === 'para' && tag.length >= 32 && tag.readUInt16BE(8) === 3) {
    const [g, a, b, c, d] = [12, 16, 20, 24, 28].map((at) => fixed(tag, at));
    return (x) => (x >= d ? (a * x + b) ** g : c * x);
  }
  return undefined;
}

function fixed(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) / 65536;
}
