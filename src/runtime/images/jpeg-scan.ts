/**
 * How many bits the data of a JPEG scan must have at least. No decoding: the shortest code of each table, once for every block.
 */

export interface FrameComponent {
  readonly id: number;
  /** Blocks across and down that this component has in a unit of the frame. */
  readonly h: number;
  readonly v: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly FrameComponent[];
}

export interface Scan {
  readonly components: readonly { readonly component: number; readonly dcTable: number; readonly acTable: number }[];
  /** A progressive scan of anything but first DC values: runs may code any number of its blocks in a few bits. */
  readonly refinement: boolean;
}

/** The length of the shortest code in each Huffman table, as the tables are now. */
export class HuffmanFloors {
  private readonly floors = new Map<number, number>();

  /** Reads a DHT segment. One that is cut short is left to the decoder. */
  define(segment: Buffer): void {
    let at = 0;
    while (at + 17 <= segment.length) {
      const counts = segment.subarray(at + 1, at + 17);
      const shortest = counts.findIndex((count) => count > 0) + 1;
      this.floors.set(segment[at], shortest);
      at += 17 + counts.reduce((sum, count) => sum + count, 0);
    }
  }

  /** Bits of the shortest code; 1 where the table is not known. */
  of(kind: 'dc' | 'ac', table: number): number {
    return Math.max(1, this.floors.get((kind === 'ac' ? 0x10 : 0) | table) ?? 1);
  }
}

/** The fewest bits that the scan's data can have, and its coding units, which restart intervals count. */
export function scanFloor(frame: Frame, scan: Scan, floors: HuffmanFloors): { bits: number; mcus: number } {
  const hMax = Math.max(...frame.components.map(({ h }) => h));
  const vMax = Math.max(...frame.components.map(({ v }) => v));
  const unitsAcross = Math.ceil(frame.width / (8 * hMax));
  const unitsDown = Math.ceil(frame.height / (8 * vMax));
  const interleaved = scan.components.length > 1;
  let bits = 0;
  let mcus = unitsAcross * unitsDown;
  for (const { component, dcTable, acTable } of scan.components) {
    const { h, v } = frame.components[component];
    // a component that comes alone has only the blocks that it needs, and each is a unit
    const blocks = interleaved
      ? unitsAcross * unitsDown * h * v
      : Math.ceil(Math.ceil(frame.width * h / hMax) / 8) * Math.ceil(Math.ceil(frame.height * v / vMax) / 8);
    mcus = interleaved ? mcus : blocks;
    bits += blocks * (floors.of('dc', dcTable) + (frame.progressive ? 0 : floors.of('ac', acTable)));
  }
  return { bits: scan.refinement ? 0 : bits, mcus };
}
