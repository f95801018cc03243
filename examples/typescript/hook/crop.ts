/** Cuts 512 x 512 pixels out of the middle, from row 10 on, and leaves out what is too dark to label. */
import sharp from 'sharp';
import { featureEngineeringHook } from 'cdk-streaming-labeling/lib/hook';

const SIDE = 512;
const TOP = 10;
const DARK = 8;

export const handler = featureEngineeringHook(async (drop) => {
  const { width, height } = drop.request.image!;
  if (width < SIDE || height < TOP + SIDE) {
    drop.reject('too-small', `it is ${width}x${height}`);
    return;
  }
  const left = Math.floor((width - SIDE) / 2);
  const cut = sharp(await drop.bytes(), { failOn: 'warning' }).autoOrient().extract({ left, top: TOP, width: SIDE, height: SIDE }).toColourspace('srgb');
  const samples = await cut.clone().raw().toBuffer();
  const brightness = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  if (brightness < DARK) {
    drop.reject('too-dark', `its brightness is ${brightness.toFixed(1)} of 255`);
    return;
  }
  await drop.image(await cut.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer(), {
    inverseTransform: [1, 0, 0, 1, left, TOP],
    attributes: { brightness: Math.round(brightness) },
  });
});
