import { join } from 'node:path';
import sharp from 'sharp';
import { Processes, RunningProcess } from '../../../src/local/runner/processes';
import { runnerFile } from '../../../src/local/runner/project-files';
import { pythonEnvironment } from '../../../src/local/runner/python';

/** Cells across and down in which a picture is compared. */
const GRID = 16;

/** An image as a decoder sees it that is not the product's. */
export interface Seen {
  readonly ok: true;
  /** `JPEG`, `PNG` and so on. */
  readonly format: string;
  /** As Pillow names it: `L`, `RGB`, `RGBA`, `CMYK`, `P`, `I;16`. */
  readonly mode: string;
  /** Before it is turned upright. */
  readonly storedWidth: number;
  readonly storedHeight: number;
  /** EXIF orientation, 1 if there is none. */
  readonly orientation: number;
  readonly gps: boolean;
  /** Description of the colour profile, `null` if there is none. */
  readonly profile: string | null;
  readonly frames: number;
  /** Upright. */
  readonly width: number;
  readonly height: number;
  /** Mean red, green and blue of each cell, row by row, of the picture as a browser shows it: upright, sRGB, on white. */
  readonly grid: readonly (readonly number[])[];
}

export type Sight = Seen | { readonly ok: false; readonly error: string };

export interface SecondDecoder {
  readonly name: 'Pillow' | 'sharp';
  see(bytes: Uint8Array): Promise<Sight>;
  close(): Promise<void>;
}

/** Pillow in the private Python environment; on a machine without Python, sharp by itself and as strict as it can be. */
export async function openSecondDecoder(): Promise<SecondDecoder> {
  const processes = new Processes();
  try {
    return new PillowDecoder(processes, await pythonEnvironment({ processes }));
  } catch (error) {
    await processes.stopAll();
    console.warn(`images are looked at with sharp alone: ${(error as Error).message}`);
    return new SharpDecoder();
  }
}

class PillowDecoder implements SecondDecoder {
  public readonly name = 'Pillow';
  private readonly program: RunningProcess;
  private readonly waiting: { resolve(sight: Sight): void; reject(error: Error): void }[] = [];

  public constructor(private readonly processes: Processes, python: string) {
    this.program = processes.start('the second decoder', python, ['-B', join(__dirname, 'decode.py'), join(runnerFile('pixels.py'), '..')], {
      onLine: (line) => this.waiting.shift()?.resolve(JSON.parse(line) as Sight),
    });
    void this.program.ended.then((outcome) => {
      this.waiting.splice(0).forEach(({ reject }) => reject(new Error(`the second decoder ended (${outcome}): ${this.program.tail()}`)));
    });
  }

  public async see(bytes: Uint8Array): Promise<Sight> {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.program.stdin.write(Buffer.concat([length, bytes]));
    });
  }

  public async close(): Promise<void> {
    await this.processes.stopAll();
  }
}

class SharpDecoder implements SecondDecoder {
  public readonly name = 'sharp';

  public async see(bytes: Uint8Array): Promise<Sight> {
    try {
      const strict = { failOn: 'warning', limitInputPixels: false } as const;
      const { format, width, height, orientation = 1, space, channels, exif, icc, pages = 1 } = await sharp(bytes, strict).metadata();
      const { data, info } = await sharp(bytes, strict).autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
      return {
        ok: true,
        format: format.toUpperCase(),
        mode: space === 'cmyk' ? 'CMYK' : channels >= 3 ? (channels === 4 ? 'RGBA' : 'RGB') : channels === 2 ? 'LA' : 'L',
        storedWidth: width,
        storedHeight: height,
        orientation,
        gps: (exif?.includes(Buffer.from([0x88, 0x25])) || exif?.includes(Buffer.from([0x25, 0x88]))) ?? false,
        profile: icc ? 'some profile' : null,
        frames: pages,
        width: info.width,
        height: info.height,
        grid: gridOf(data, info.width, info.height, info.channels),
      };
    } catch (error) {
      return { ok: false, error: (error as Error).message };
    }
  }

  public async close(): Promise<void> {}
}

function gridOf(data: Buffer, width: number, height: number, channels: number): number[][] {
  const sums = [0, 1, 2].map(() => new Array<number>(GRID * GRID).fill(0));
  const counts = new Array<number>(GRID * GRID).fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor(y * GRID / height) * GRID + Math.floor(x * GRID / width);
      counts[cell]++;
      sums.forEach((band, channel) => (band[cell] += data[(y * width + x) * channels + Math.min(channel, channels - 1)]));
    }
  }
  return sums.map((band) => band.map((sum, cell) => sum / Math.max(1, counts[cell])));
}

/** By how much the cell differs most that differs most. Unit: levels of 255. */
export function gridDifference(one: Seen, other: Seen): number {
  return Math.max(...one.grid.flatMap((band, index) => band.map((value, cell) => Math.abs(value - other.grid[index][cell]))));
}
