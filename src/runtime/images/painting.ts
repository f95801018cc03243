import { openPicture, Picture, toPicture } from './picture';
import { PaintingStep } from '../../contract/steps';
import { Region } from '../../contract/transforms';

/**
 * What leaves every pixel where it is. The picture that is given may be changed in place.
 *
 * @param colorFollows whether something coloured is painted later, so that grey keeps three channels
 */
export async function paint(picture: Picture, step: PaintingStep, colorFollows: boolean): Promise<Picture> {
  switch (step.kind) {
    case 'grayscale':
      return grayscale(picture, colorFollows);
    case 'auto-level':
      return autoLevel(picture, step.cutoff);
    case 'sharpen':
      return sharpen(picture, await blur(picture, step.sigma), step.amount);
    case 'blur':
      return step.region === undefined ? blur(picture, step.sigma) : blurRegion(picture, step.region, step.sigma);
    case 'mask':
      return mask(picture, step.region, step.color);
  }
}

/** Rec. 601 luma in whole numbers: exactly 255 for white. */
function luma(red: number, green: number, blue: number): number {
  return (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16;
}

function grayscale(picture: Picture, keepChannels: boolean): Picture {
  const { data, channels, width, height } = picture;
  if (channels === 1) {
    return picture;
  }
  const single = channels === 3 && !keepChannels;
  const made = single ? Buffer.allocUnsafe(width * height) : data;
  for (let from = 0, to = 0; from < data.length; from += channels, to += single ? 1 : channels) {
    const grey = luma(data[from], data[from + 1], data[from + 2]);
    made[to] = grey;
    if (!single) {
      made[to + 1] = grey;
      made[to + 2] = grey;
    }
  }
  return { width, height, data: made, channels: single ? 1 : channels };
}

/** The darkest and the lightest percent of the pixels may saturate; between them brightness is stretched evenly. */
function autoLevel(picture: Picture, cutoff: number): Picture {
  const { data, channels, width, height } = picture;
  const counts = new Array<number>(256).fill(0);
  for (let at = 0; at < data.length; at += channels) {
    counts[channels === 1 ? data[at] : luma(data[at], data[at + 1], data[at + 2])] += 1;
  }
  const allowed = Math.floor((width * height * cutoff) / 100);
  const low = firstBeyond(counts, allowed);
  const high = 255 - firstBeyond([...counts].reverse(), allowed);
  if (high <= low) {
    return picture;
  }
  const levels = Uint8ClampedArray.from({ length: 256 }, (_, value) => ((value - low) * 255) / (high - low));
  eachColor(picture, (at) => {
    data[at] = levels[data[at]];
  });
  return picture;
}

/** The first level at which more than so many pixels have been passed. */
function firstBeyond(counts: readonly number[], allowed: number): number {
  let passed = 0;
  return counts.findIndex((count) => (passed += count) > allowed);
}

function eachColor({ data, channels }: Picture, change: (at: number) => void): void {
  const colors = channels === 1 ? 1 : 3;
  for (let pixel = 0; pixel < data.length; pixel += channels) {
    for (let at = pixel; at < pixel + colors; at += 1) {
      change(at);
    }
  }
}

function sharpen(picture: Picture, surroundings: Picture, amount: number): Picture {
  const { data } = picture;
  eachColor(picture, (at) => {
    const value = data[at] + amount * (data[at] - surroundings.data[at]);
    data[at] = value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
  });
  return picture;
}

/**
 * In whole numbers, with the tail cut off where a weight falls below a fifth of the largest: other settings of the library
 * darken even areas, or take a minute for a photograph.
 */
async function blur(picture: Picture, sigma: number): Promise<Picture> {
  return toPicture(openPicture(picture).blur(sigma), picture);
}

/** From nothing but the region itself, so that what was beside it does not smear into it. */
async function blurRegion(picture: Picture, region: Region, sigma: number): Promise<Picture> {
  const part = await blur(await toPicture(openPicture(picture).extract(region), region), sigma);
  const row = region.width * picture.channels;
  eachRow(picture, region, (at, index) => part.data.copy(picture.data, at, index * row, (index + 1) * row));
  return picture;
}

function mask(picture: Picture, region: Region, color: string): Picture {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const pixel = Buffer.from([red, green, blue, 255].slice(0, picture.channels));
  eachRow(picture, region, (at) => picture.data.fill(pixel, at, at + region.width * picture.channels));
  return picture;
}

function eachRow({ width, channels }: Picture, region: Region, change: (at: number, index: number) => void): void {
  for (let index = 0; index < region.height; index += 1) {
    change(((region.top + index) * width + region.left) * channels, index);
  }
}
