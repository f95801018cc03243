import { readExif, xmpHasGps } from './exif';
import { FaultError } from './fault';
import { ContainerPart, ImageHeader } from './header';
import { isSrgbProfile } from './icc';
import { Frame, HuffmanFloors, Scan, scanFloor } from './jpeg-scan';

const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
const DRI = 0xdd;

/** Frames that decoders show: baseline, extended sequential and progressive, all of them Huffman-coded. */
const SHOWN_FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];

/** Heights up to this, rounded up to whole blocks of 8 rows, are heights that decoders accept. */
const MAX_WHOLE_BLOCK_HEIGHT = 65496;

/**
 * Scans of a JPEG. Encoders write up to 20; a decoder goes over the whole picture for each of them, even for one of a few bytes, so
 * that a file of many scans would keep it busy for hours.
 */
const MAX_SCANS = 100;

/** Segments and scans of a JPEG. Metadata of 64 MB, cut into as many segments as may be, has a thousand. */
const MAX_PARTS = 20_000;

/** Segments that may follow a scan. Anything else in its midst means that two files were mixed up. */
const AFTER_SCAN = [EOI, SOS, DHT, 0xdb, 0xdc, DRI, 0xfe];

/** Names of parts: scans, and what scans are decoded with. */
const SCAN = 'DA';
const SCAN_TABLES = ['C4', 'CC', 'DB', 'DD', 'SOF'];

/**
 * Walks a JPEG from its first marker to its end-of-image marker, over the entropy-coded data, which it does not decode.
 * About 0.1 ms for each megabyte.
 *
 * @throws FaultError truncated, corrupt or unsupported
 */
export function readJpeg(bytes: Buffer): ImageHeader {
  return new JpegWalk(bytes).read();
}

class JpegWalk {
  private readonly parts: ContainerPart[] = [];
  private readonly floors = new HuffmanFloors();
  private readonly iccChunks = new Map<number, Buffer>();
  private readonly laxScans: number[] = [];
  private readonly withDc = new Set<number>();
  private scans = 0;
  private exif?: Buffer;
  private xmpGps = false;
  private restartInterval = 0;
  private frame?: Frame;
  private frameHeightAt?: number;

  constructor(private readonly bytes: Buffer) {}

  read(): ImageHeader {
    this.parts.push({ name: 'SOI', start: 0, end: 2 });
    let at = 2;
    for (;;) {
      if (this.parts.length > MAX_PARTS) {
        throw new FaultError('corrupt', `the JPEG has more than ${MAX_PARTS} segments, which no camera or program writes`);
      }
      const code = this.codeAt(at);
      const marker = this.bytes[code];
      if (marker === EOI) {
        this.parts.push({ name: 'EOI', start: at, end: code + 1 });
        this.checkTail();
        return this.header(code + 1);
      }
      const body = code + 3;
      const end = code + 1 + this.segmentLength(code);
      const segment = this.bytes.subarray(body, end);
      const name = this.take(marker, segment, body);
      const partEnd = marker === SOS ? this.walkScan(segment, body, end) : end;
      this.parts.push({ name, start: at, end: partEnd });
      at = partEnd;
    }
  }

  /** Where the code of the marker at `at` is, behind any fill bytes. */
  private codeAt(at: number): number {
    let code = at + 1;
    while (this.bytes[code] === 0xff) {
      code++;
    }
    if (at < this.bytes.length && this.bytes[at] !== 0xff) {
      throw new FaultError('corrupt', `byte ${at} should begin a JPEG marker and does not`);
    }
    if (code >= this.bytes.length) {
      throw this.truncated(`no end-of-image marker before the end of the file at byte ${this.bytes.length}`);
    }
    return code;
  }

  private segmentLength(code: number): number {
    if (code + 2 >= this.bytes.length) {
      throw this.truncated(`the file ends inside a segment header at byte ${this.bytes.length}`);
    }
    const length = this.bytes.readUInt16BE(code + 1);
    if (length < 2) {
      throw new FaultError('corrupt', `the JPEG segment at byte ${code - 1} has the impossible length ${length}`);
    }
    if (code + 1 + length > this.bytes.length) {
      throw this.truncated(`the segment at byte ${code - 1} reaches ${code + 1 + length - this.bytes.length} bytes past the end of the file`);
    }
    return length;
  }

  /** Learns what a segment tells, and names it. */
  private take(marker: number, segment: Buffer, body: number): string {
    if (isFrame(marker)) {
      this.takeFrame(marker, segment, body);
      return 'SOF';
    }
    if (marker === DHT) {
      this.floors.define(segment);
    } else if (marker === DRI && segment.length >= 2) {
      this.restartInterval = segment.readUInt16BE(0);
    } else if (marker >= 0xe0 && marker <= 0xef) {
      return this.takeApplication(`APP${marker - 0xe0}`, segment);
    } else if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) {
      throw new FaultError('corrupt', `marker ${marker.toString(16)} at byte ${body - 3} has no place between JPEG segments`);
    }
    return marker.toString(16).toUpperCase();
  }

  private takeFrame(marker: number, segment: Buffer, body: number): void {
    if (!SHOWN_FRAMES.includes(marker)) {
      throw new FaultError('unsupported-type', 'the file is a lossless, hierarchical or arithmetic-coded JPEG, which browsers do not show');
    }
    if (this.frame !== undefined || segment.length < 6 || segment.length < 6 + segment[5] * 3) {
      throw new FaultError('corrupt', this.frame === undefined ? 'the JPEG frame header is cut short' : 'the JPEG has two frame headers');
    }
    if (segment[0] !== 8) {
      throw new FaultError('unsupported-type', `the file is a JPEG of ${segment[0]} bits a sample, which browsers do not show; 8 are shown`);
    }
    const components = Array.from({ length: segment[5] }, (_, index) => {
      const [id, sampling] = segment.subarray(6 + index * 3);
      return { id, h: sampling >> 4, v: sampling & 15 };
    });
    this.frame = { progressive: marker === 0xc2, height: segment.readUInt16BE(1), width: segment.readUInt16BE(3), components };
    if (this.frame.width === 0 || this.frame.height === 0) {
      throw new FaultError('corrupt', `the JPEG header says ${this.frame.width}x${this.frame.height} pixels`);
    }
    if (![1, 3, 4].includes(components.length) || components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
      throw new FaultError('corrupt', 'the components of the JPEG frame are impossible');
    }
    const vMax = Math.max(...components.map(({ v }) => v));
    if (components.every(({ v }) => vMax % v === 0) && this.frame.height <= MAX_WHOLE_BLOCK_HEIGHT) {
      this.frameHeightAt = body + 1;
    }
  }

  private takeApplication(name: string, segment: Buffer): string {
    if (name === 'APP1' && segment.toString('latin1', 0, 6) === 'Exif\0\0') {
      this.exif ??= segment.subarray(6);
      return 'APP1/Exif';
    }
    if (name === 'APP1' && segment.toString('latin1', 0, 28) === 'http://ns.adobe.com/xap/1.0/') {
      this.xmpGps ||= xmpHasGps(segment);
      return 'APP1/XMP';
    }
    if (name === 'APP2' && segment.length > 14 && segment.toString('latin1', 0, 12) === 'ICC_PROFILE\0') {
      this.iccChunks.set(segment[12], segment.subarray(14));
      return 'APP2/ICC';
    }
    if (name === 'APP14' && segment.toString('latin1', 0, 5) === 'Adobe') {
      return 'APP14/Adobe';
    }
    return name === 'APP0' && segment.toString('latin1', 0, 5) === 'JFIF\0' ? 'APP0/JFIF' : name;
  }

  /** Steps over a scan's data to the marker that follows, and answers where that begins. */
  private walkScan(segment: Buffer, body: number, dataStart: number): number {
    if (this.frame === undefined) {
      throw new FaultError('corrupt', 'the JPEG has image data before its frame header');
    }
    this.scans++;
    if (this.scans > MAX_SCANS) {
      throw new FaultError('corrupt', `the JPEG has at least ${this.scans} scans; ${MAX_SCANS} are allowed`);
    }
    const scan = this.readScan(this.frame, segment, body);
    let restarts = 0;
    let at = dataStart;
    for (;;) {
      at = this.bytes.indexOf(0xff, at);
      const code = at < 0 ? this.bytes.length : this.codeAt(at);
      const marker = this.bytes[code];
      if (marker === undefined) {
        throw this.truncated(`the image data goes on to the end of the file at byte ${this.bytes.length}, without an end-of-image marker`);
      }
      if (marker >= 0xd0 && marker <= 0xd7) {
        restarts++;
      } else if (marker !== 0) {
        if (!AFTER_SCAN.includes(marker) && !(marker >= 0xe0 && marker <= 0xef)) {
          throw new FaultError('corrupt', `marker ${marker.toString(16)} at byte ${code} has no place inside JPEG image data`);
        }
        this.checkScan(this.frame, scan, at - dataStart, restarts);
        return at;
      }
      at = code + 1;
    }
  }

  private readScan(frame: Frame, segment: Buffer, body: number): Scan {
    const count = segment[0];
    if (segment.length < 4 + count * 2) {
      throw new FaultError('corrupt', 'a JPEG scan header is cut short');
    }
    const components = Array.from({ length: count }, (_, index) => {
      const component = frame.components.findIndex(({ id }) => id === segment[1 + index * 2]);
      if (component < 0) {
        throw new FaultError('corrupt', 'a JPEG scan names a component that the frame does not have');
      }
      return { component, dcTable: segment[2 + index * 2] >> 4, acTable: segment[2 + index * 2] & 15 };
    });
    const [first, last, approximation] = segment.subarray(1 + count * 2);
    if (!frame.progressive && (first !== 0 || last !== 63 || approximation !== 0)) {
      this.laxScans.push(body + 1 + count * 2);
    }
    if (!frame.progressive && components.some(({ component }) => this.withDc.has(component))) {
      throw new FaultError('corrupt', 'the JPEG has a second scan of the same pixels, although it is not progressive');
    }
    if (!frame.progressive || first === 0) {
      components.forEach(({ component }) => this.withDc.add(component));
    }
    return { components, refinement: frame.progressive && (first !== 0 || approximation >> 4 !== 0) };
  }

  /** The least that a scan's data can be, so that a file whose data went missing before an intact end is noticed. */
  private checkScan(frame: Frame, scan: Scan, length: number, restarts: number): void {
    const { bits, mcus } = scanFloor(frame, scan, this.floors);
    if (length * 8 < bits) {
      throw this.truncated(`${length} bytes of image data cannot hold ${frame.width}x${frame.height} pixels, which need ${Math.ceil(bits / 8)} at least`);
    }
    const expected = this.restartInterval === 0 ? 0 : Math.ceil(mcus / this.restartInterval) - 1;
    if (restarts < expected) {
      throw this.truncated(`${expected - restarts} of ${expected} restart markers are missing from the image data`);
    }
  }

  /** Decoders that stop with the last pixel never read what is behind the last scan; those that read on refuse the image for it. */
  private checkTail(): void {
    const tail = this.parts.slice(this.parts.map(({ name }) => name).lastIndexOf(SCAN) + 1);
    const table = tail.find(({ name }) => SCAN_TABLES.includes(name));
    if (table !== undefined) {
      throw new FaultError('corrupt', `the JPEG has tables at byte ${table.start} behind its last scan, where they serve nothing`);
    }
  }

  private header(end: number): ImageHeader {
    const { frame } = this;
    if (frame === undefined || this.withDc.size < frame.components.length) {
      throw this.truncated('the JPEG ends before all of its colour components have come');
    }
    const exif = this.exif === undefined ? undefined : readExif(this.exif);
    const [first] = frame.components;
    return {
      type: 'jpeg',
      width: frame.width,
      height: frame.height,
      orientation: exif?.orientation ?? 1,
      colorModel: ({ 1: 'grey', 3: 'rgb', 4: 'cmyk' } as const)[frame.components.length as 1 | 3 | 4],
      bitsPerSample: 8,
      hasAlpha: false,
      progressive: frame.progressive || this.scans > 1,
      subsampled: frame.components.length === 3 && frame.components.some(({ h, v }) => h < first.h || v < first.v),
      frameHeightAt: this.frameHeightAt,
      profile: this.profile(),
      hasGps: (exif?.hasGps ?? false) || this.xmpGps,
      animated: false,
      end,
      parts: this.parts,
      laxScans: this.laxScans,
    };
  }

  private profile(): ImageHeader['profile'] {
    if (this.iccChunks.size === 0) {
      return 'none';
    }
    const ordered = [...this.iccChunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk);
    return isSrgbProfile(ordered.length === 1 ? ordered[0] : Buffer.concat(ordered)) ? 'srgb' : 'other';
  }

  private truncated(detail: string): FaultError {
    return new FaultError('truncated', detail);
  }
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xc8 && marker !== 0xcc;
}
