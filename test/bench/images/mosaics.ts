import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { loadSharp } from '../../../src/runtime/images/decoder';
import { photographsIn } from '../photographs';

export interface BenchImage {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

const SIZES = [
  { name: '1 MP JPEG', file: '1mp.jpg', width: 1200, height: 900 },
  { name: '6 MP JPEG', file: '6mp.jpg', width: 3000, height: 2000 },
  { name: '12 MP JPEG', file: '12mp.jpg', width: 4000, height: 3000 },
  { name: '6 MP PNG', file: '6mp.png', width: 3000, height: 2000 },
];

/** Photographs smaller than this make a mosaic of edges. */
const MIN_PHOTO_SIDE = 200;

/** Writes the images of the benchmark: photographs side by side at their own resolution, because enlarged ones compress too well. */
export async function makeMosaics(photoFolder: string, targetFolder: string): Promise<BenchImage[]> {
  const photos = await readPhotos(photoFolder);
  const images: BenchImage[] = [];
  for (const { name, file, width, height } of SIZES) {
    const path = join(targetFolder, file);
    const mosaic = await makeMosaic(photos, width, height);
    writeFileSync(path, await (file.endsWith('.png') ? mosaic.png() : mosaic.jpeg({ quality: 92 })).toBuffer());
    images.push({ name, path, width, height });
  }
  return images;
}

interface Photo {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

async function readPhotos(folder: string): Promise<Photo[]> {
  const sharp = loadSharp();
  const photos: Photo[] = [];
  for (const file of photographsIn(folder)) {
    const { data, info } = await sharp(readFileSync(file))
      .autoOrient().flatten().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    if (info.channels === 3 && Math.min(info.width, info.height) >= MIN_PHOTO_SIDE) {
      photos.push({ data, width: info.width, height: info.height });
    }
  }
  if (photos.length === 0) {
    throw new Error(`${folder} has no JPEG or PNG photographs of at least ${MIN_PHOTO_SIDE} pixels a side; put some there`);
  }
  return photos;
}

/** Rows of photographs, each row as high as its lowest one; what overhangs is cut. */
async function makeMosaic(photos: readonly Photo[], width: number, height: number): Promise<Sharp> {
  const canvas = Buffer.alloc(width * height * 3);
  let next = 0;
  for (let top = 0; top < height;) {
    const row: { photo: Photo; left: number }[] = [];
    for (let left = 0; left < width;) {
      const photo = photos[next++ % photos.length];
      row.push({ photo, left });
      left += photo.width;
    }
    const rows = Math.min(height - top, ...row.map(({ photo }) => photo.height));
    for (const { photo, left } of row) {
      const columns = Math.min(photo.width, width - left);
      for (let y = 0; y < rows; y++) {
        photo.data.copy(canvas, ((top + y) * width + left) * 3, y * photo.width * 3, (y * photo.width + columns) * 3);
      }
    }
    top += rows;
  }
  return loadSharp()(canvas, { raw: { width, height, channels: 3 } });
}
