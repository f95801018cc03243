/** What a picture looks like from afar: 64 bits as 16 hexadecimal digits. Pictures that look alike differ in few of them. */
export type PerceptualHash = string;

const BITS = 64;

/** In how many bits two hashes differ. */
export function bitsApart(one: PerceptualHash, other: PerceptualHash): number {
  let apart = 0;
  for (let left = BigInt(`0x${one}`) ^ BigInt(`0x${other}`); left !== 0n; left &= left - 1n) {
    apart += 1;
  }
  return apart;
}

/**
 * The hash in one band more than there may be differing bits. Each bit that differs spoils one band, so of two hashes that are no
 * further apart at least one band is the same: they are found by it, and nothing has to be compared with everything.
 */
export function bandsOf(hash: PerceptualHash, maxDistance: number): string[] {
  const bits = BigInt(`0x${hash}`).toString(2).padStart(BITS, '0');
  const bands = maxDistance + 1;
  const edge = (band: number): number => Math.floor((band * BITS) / bands);
  return Array.from({ length: bands }, (_, band) => bits.slice(edge(band), edge(band + 1)));
}
