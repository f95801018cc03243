import { loadSharp } from '../../../src/runtime/images/decoder';
import { photoFolder, photographsIn } from '../photographs';

export interface BenchDrop {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Photographs, each with other bytes and pixels than every other: from the second round on they lose some of their rows. */
export async function makeDrops(count: number): Promise<BenchDrop[]> {
  const files = photographsIn(photoFolder());
  const drops: BenchDrop[] = [];
  for (let number = 0; number < count; number++) {
    const upright = await loadSharp()(files[number % files.length]).autoOrient().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = upright.info;
    const cut = 1 + Math.floor(number / files.length);
    const bytes = await loadSharp()(upright.data, { raw: { width, height, channels } })
      .extract({ left: 0, top: cut, width, height: height - cut }).jpeg({ quality: 90 }).toBuffer();
    drops.push({ key: `camera/${String(number + 1).padStart(3, '0')}.jpg`, bytes });
  }
  return drops;
}
