import { decodeFault, decodeWhole } from './decoder';
import { CONTENT_TYPE, EngineResult, ImageEngine } from './engine';
import { ImageHeader } from './header';
import { sizeFault } from './sharp-engine';
import { planGeometry, uprightSize } from '../../contract/geometry';
import { IMAGE_MAX_PIXELS } from '../../contract/limits';

/** Keeps the bytes as they came. Decodes all of them once, so that no worker opens a broken image. */
export class NoneEngine implements ImageEngine {
  async process(bytes: Uint8Array, header: ImageHeader): Promise<EngineResult> {
    const { type } = header;
    if (type !== 'jpeg' && type !== 'png') {
      return { kind: 'rejected', reason: 'unsupported-type', detail: `the file is of the type ${type.toUpperCase()}; as they are, workers are shown JPEG and PNG alone` };
    }
    const fault = sizeFault(bytes);
    if (fault !== undefined) {
      return { kind: 'rejected', ...fault };
    }
    if (header.width * header.height > IMAGE_MAX_PIXELS) {
      const detail = `the image is ${header.width}x${header.height}; ${IMAGE_MAX_PIXELS} pixels are allowed`;
      return { kind: 'rejected', reason: 'output-too-many-pixels', detail };
    }
    try {
      await decodeWhole(bytes, header);
    } catch (error) {
      return { kind: 'rejected', ...decodeFault(error) };
    }
    const planned = planGeometry(header, header.orientation, []);
    if (planned.kind !== 'geometry') {
      throw new Error(`no transform found the image too small: ${planned.detail}`);
    }
    const image = {
      bytes,
      format: type,
      contentType: CONTENT_TYPE[type],
      ...uprightSize(header, header.orientation),
      inverseTransform: planned.geometry.inverse,
      warnings: warningsOf(header),
    };
    return { kind: 'images', images: [image] };
  }
}

function warningsOf({ orientation, hasGps, colorModel }: ImageHeader): string[] {
  return [
    ...(orientation === 1
      ? []
      : [`The image has EXIF orientation ${orientation}: workers see it turned, software that ignores EXIF puts their labels in the wrong place.`]),
    ...(hasGps ? ['The image tells workers where it was taken (GPS): use FeatureEngineering.images() to take that out.'] : []),
    ...(colorModel === 'cmyk' ? ['The image is in CMYK: browsers differ in how they show it.'] : []),
  ];
}
