import { FaultError } from './fault';
import { Size } from '../../contract/steps';

const SEQUENCE_HEADER = 1;

/** Units before the sequence header: a delimiter at most, by the specification. */
const MAX_UNITS = 16;

/**
 * The size of the largest frame that AV1 data may hold, as its sequence header says. The container tells a size too, and a decoder
 * takes memory for this one.
 *
 * @throws FaultError corrupt
 */
export function av1Size(data: Buffer): Size {
  let at = 0;
  for (let units = 0; units < MAX_UNITS && at < data.length; units += 1) {
    const header = data[at];
    at += (header & 0x04) === 0 ? 1 : 2;
    let length = data.length - at;
    if ((header & 0x02) !== 0) {
      const size = leb128(data, at);
      length = size.value;
      at += size.bytes;
    }
    if ((header & 0x80) !== 0 || length < 0 || at + length > data.length) {
      break;
    }
    if (((header >> 3) & 0x0f) === SEQUENCE_HEADER) {
      return sizeIn(new Bits(data.subarray(at, at + length)));
    }
    at += length;
  }
  throw noSequence();
}

const noSequence = (): FaultError => new FaultError('corrupt', 'the AVIF has image data that do not begin as AV1 does');

function leb128(data: Buffer, at: number): { readonly value: number; readonly bytes: number } {
  let value = 0;
  for (let bytes = 1; bytes <= 8 && at + bytes <= data.length; bytes += 1) {
    const byte = data[at + bytes - 1];
    value += (byte & 0x7f) * 2 ** (7 * (bytes - 1));
    if ((byte & 0x80) === 0) {
      return { value, bytes };
    }
  }
  throw noSequence();
}

/** Section 5.5.1 of the AV1 specification, as far as the size. */
function sizeIn(bits: Bits): Size {
  bits.read(3 + 1);
  if (bits.read(1) === 1) {
    bits.read(5);
  } else {
    skipOperatingPoints(bits);
  }
  const [widthBits, heightBits] = [bits.read(4) + 1, bits.read(4) + 1];
  return { width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1 };
}

function skipOperatingPoints(bits: Bits): void {
  let delayBits: number | undefined;
  if (bits.read(1) === 1) {
    bits.read(32);
    bits.read(32);
    if (bits.read(1) === 1) {
      skipVariable(bits);
    }
    if (bits.read(1) === 1) {
      delayBits = bits.read(5) + 1;
      bits.read(32);
      bits.read(5 + 5);
    }
  }
  const showsDelay = bits.read(1) === 1;
  for (let points = bits.read(5); points >= 0; points -= 1) {
    bits.read(12);
    if (bits.read(5) > 7) {
      bits.read(1);
    }
    if (delayBits !== undefined && bits.read(1) === 1) {
      bits.read(delayBits);
      bits.read(delayBits);
      bits.read(1);
    }
    if (showsDelay && bits.read(1) === 1) {
      bits.read(4);
    }
  }
}

/** More zeros say no more: whoever writes them does it to take time. */
const MAX_ZEROS = 32;

/** As many zeros as bits follow their one. */
function skipVariable(bits: Bits): void {
  let zeros = 0;
  while (bits.read(1) === 0) {
    zeros += 1;
    if (zeros > MAX_ZEROS) {
      throw noSequence();
    }
  }
  if (zeros < MAX_ZEROS) {
    bits.read(zeros);
  }
}

class Bits {
  private at = 0;

  constructor(private readonly data: Buffer) {}

  read(count: number): number {
    let value = 0;
    for (let read = 0; read < count; read += 1, this.at += 1) {
      const byte = this.data[this.at >> 3];
      if (byte === undefined) {
        throw noSequence();
      }
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1);
    }
    return value;
  }
}
