import { crc32, inflateSync } from 'node:zlib';
import { readExif, xmpHasGps } from './exif';
import { FaultError } from './fault';
import { ContainerPart, ImageHeader } from './header';
import { isSrgbProfile } from './icc';

const SIGNATURE_LENGTH = 8;

/** Chunks that a decoder must understand (their first letter is a capital). */
const CRITICAL = ['IHDR', 'PLTE', 'IDAT', 'IEND'];

/** Of several, decoders would choose by taste. */
const ONLY_ONCE = ['IHDR', 'PLTE'];

/** Bits a sample that each colour type may have: grey, RGB, palette, grey and alpha, RGB and alpha. */
const DEPTHS: { readonly [colorType: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
};

/** Chunks of a PNG, its data counted as one. Each costs memory before anything is known of it; real files have some dozen. */
const MAX_PARTS = 20_000;

const MAX_PROFILE_BYTES = 4 * 1024 * 1024;

/** Deflate cannot make more of a byte. */
const MAX_DEFLATE_RATIO = 1032;

/**
 * Walks a PNG chunk by chunk to IEND and checks the checksum of every one: at 0.2 ms for each megabyte that finds damage anywhere,
 * also where no worker will see it.
 *
 * @throws FaultError truncated, corrupt or unsupported
 */
export function readPng(bytes: Buffer): ImageHeader {
  const parts: ContainerPart[] = [];
  const chunks = new Map<string, Buffer>();
  let dataBytes = 0;
  let at = SIGNATURE_LENGTH;
  if (bytes.length < at) {
    throw new FaultError('truncated', `the file ends inside the PNG signature at byte ${bytes.length}`);
  }
  parts.push({ name: 'signature', start: 0, end: at });
  for (let name = ''; name !== 'IEND';) {
    const chunk = readChunk(bytes, at);
    if (parts.length === 1 && chunk.name !== 'IHDR') {
      throw chunk.name === 'CgBI'
        ? new FaultError('unsupported-type', 'the file is a PNG in Apple\'s own variant for iOS (CgBI), which browsers do not show')
        : new FaultError('corrupt', `the PNG begins with a chunk ${chunk.name} instead of IHDR`);
    }
    name = chunk.name;
    if (name === 'IDAT') {
      dataBytes += chunk.body.length;
    } else if (!chunks.has(name)) {
      chunks.set(name, chunk.body);
    } else if (ONLY_ONCE.includes(name)) {
      throw new FaultError('corrupt', `the PNG has a second chunk ${name} at byte ${at}`);
    }
    addPart(parts, { name, start: at, end: chunk.end });
    at = chunk.end;
  }
  return header(chunks, dataBytes, parts, at);
}

/** Data that comes in many chunks, as it does from some encoders, is one part. */
function addPart(parts: ContainerPart[], part: ContainerPart): void {
  const last = parts[parts.length - 1];
  if (part.name === 'IDAT' && last.name === 'IDAT') {
    parts[parts.length - 1] = { ...last, end: part.end };
    return;
  }
  if (parts.length >= MAX_PARTS) {
    throw new FaultError('corrupt', `the PNG has more than ${MAX_PARTS} chunks, which no camera or program writes`);
  }
  parts.push(part);
}

function readChunk(bytes: Buffer, at: number): { name: string; body: Buffer; end: number } {
  if (at + 12 > bytes.length) {
    throw new FaultError('truncated', `the file ends at byte ${bytes.length}, before the last PNG chunk (IEND)`);
  }
  const length = bytes.readUInt32BE(at);
  const name = bytes.toString('latin1', at + 4, at + 8);
  if (!/^[A-Za-z]{4}$/.test(name) || length > 0x7fffffff) {
    throw new FaultError('corrupt', `byte ${at} should begin a PNG chunk and does not`);
  }
  const end = at + 12 + length;
  if (end > bytes.length) {
    throw new FaultError('truncated', `the PNG chunk ${name} at byte ${at} reaches ${end - bytes.length} bytes past the end of the file`);
  }
  if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
    throw new FaultError('corrupt', `the checksum of the PNG chunk ${name} at byte ${at} is wrong`);
  }
  if (/^[A-Z]/.test(name) && !CRITICAL.includes(name) && name !== 'CgBI') {
    throw new FaultError('corrupt', `the PNG has a critical chunk ${name}, which no decoder knows`);
  }
  return { name, body: bytes.subarray(at + 8, end - 4), end };
}

function header(chunks: ReadonlyMap<string, Buffer>, dataBytes: number, parts: readonly ContainerPart[], end: number): ImageHeader {
  const ihdr = chunks.get('IHDR')!;
  if (ihdr.length !== 13) {
    throw new FaultError('corrupt', `the PNG header has ${ihdr.length} bytes instead of 13`);
  }
  const width = ihdr.readUInt32BE(0);
  const height = ihdr.readUInt32BE(4);
  const [bitsPerSample, colorType, compression, filter, interlace] = ihdr.subarray(8);
  if (width < 1 || height < 1 || width > 0x7fffffff || height > 0x7fffffff) {
    throw new FaultError('corrupt', `the PNG header says ${width}x${height} pixels`);
  }
  if (!DEPTHS[colorType]?.includes(bitsPerSample) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new FaultError('corrupt', 'the PNG header has an impossible colour type, depth, compression, filter or interlacing');
  }
  if (colorType === 3 && !chunks.has('PLTE')) {
    throw new FaultError('corrupt', 'the PNG has no palette although its colours refer to one');
  }
  const samples = colorType === 2 ? 3 : colorType === 6 ? 4 : colorType === 4 ? 2 : 1;
  const rawBytes = height * Math.ceil(width * samples * bitsPerSample / 8);
  if (dataBytes * MAX_DEFLATE_RATIO < rawBytes) {
    throw new FaultError('truncated', `${dataBytes} bytes of image data cannot hold ${width}x${height} pixels`);
  }
  const exif = chunks.has('eXIf') ? readExif(chunks.get('eXIf')!) : undefined;
  return {
    type: 'png',
    width,
    height,
    orientation: exif?.orientation ?? 1,
    colorModel: colorType === 0 || colorType === 4 ? 'grey' : 'rgb',
    bitsPerSample,
    hasAlpha: colorType === 4 || colorType === 6 || chunks.has('tRNS'),
    progressive: interlace === 1,
    subsampled: false,
    profile: profileOf(chunks),
    hasGps: (exif?.hasGps ?? false) || (chunks.has('iTXt') && xmpHasGps(chunks.get('iTXt')!)),
    animated: chunks.has('acTL'),
    end,
    parts,
    laxScans: [],
  };
}

/** `iCCP` is a name, a zero, a compression method and a compressed profile. One that does not unpack is ignored by decoders. */
function profileOf(chunks: ReadonlyMap<string, Buffer>): ImageHeader['profile'] {
  const iccp = chunks.get('iCCP');
  const nameEnd = iccp?.indexOf(0) ?? -1;
  if (iccp === undefined || nameEnd < 0) {
    return chunks.has('sRGB') ? 'srgb' : 'none';
  }
  try {
    if (iccp[nameEnd + 1] !== 0) {
      return 'none'; // a compression that does not exist
    }
    return isSrgbProfile(inflateSync(iccp.subarray(nameEnd + 2), { maxOutputLength: MAX_PROFILE_BYTES })) ? 'srgb' : 'other';
  } catch {
    return 'none';
  }
}
