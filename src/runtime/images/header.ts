import { Orientation } from '../../contract/geometry';

/** Those that are read. Only JPEG and PNG are shown to workers. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

/** What the container says about an image, learned without decoding it. */
export interface ImageHeader {
  readonly type: ImageType;
  /** Columns as stored, before EXIF orientation. */
  readonly width: number;
  /** Rows as stored, before EXIF orientation. */
  readonly height: number;
  readonly orientation: Orientation;
  readonly colorModel: 'grey' | 'rgb' | 'cmyk';
  readonly bitsPerSample: number;
  readonly hasAlpha: boolean;
  /** Progressive, interlaced, or a scan for each component: nothing of it can be shown before all of it was read. */
  readonly progressive: boolean;
  /** A JPEG whose colour is stored at less than full resolution. */
  readonly subsampled: boolean;
  /**
   * Where a JPEG tells its height, if rounding it up to whole blocks of 8 rows leaves the number of blocks of every component as it is.
   */
  readonly frameHeightAt?: number;
  /** `other`: the pixels need a colour transform. */
  readonly profile: 'none' | 'srgb' | 'other';
  readonly hasGps: boolean;
  /** Frames or pages after the first one, which only the first one stands for. */
  readonly animated: boolean;
  /** Where the image ends. What follows is no part of it (and some cameras put a lot there). */
  readonly end: number;
  /** Parts of the container in their order, from the first byte to `end`, without gaps. */
  readonly parts: readonly ContainerPart[];
  /** Offsets of scan parameters that a lax encoder got wrong in a way that decoders ignore, with a warning. */
  readonly laxScans: readonly number[];
}

/**
 * A JPEG segment with its marker (a scan contains its data), a PNG chunk with its length and checksum (data chunks in a row are one
 * part), or the PNG signature.
 */
export interface ContainerPart {
  /** JPEG: marker name such as `APP1`, or `APP1/Exif` with the identifier. PNG: chunk type. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}
