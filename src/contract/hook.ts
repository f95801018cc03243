/**
 * What a feature engineering function is given: one drop. Version 1 of the contract, as JSON. A later version may add members, which
 * a function must pass over; anything else gets a new `contractVersion`.
 */
export interface HookRequest {
  /** 1. */
  readonly contractVersion: number;
  /** Name of the project. */
  readonly project: string;
  /** The drop. */
  readonly drop: HookDrop;
  /** Where to read its bytes: its place in the drop bucket, or a copy where it was ordered again after a failure. */
  readonly source: HookSource;
  /**
   * What the gate learned of the image.
   *
   * @default - the file is no image of a type that the gate knows, and the project accepts any file
   */
  readonly image?: HookDropImage;
  /** Where to write images, and what is allowed. */
  readonly output: HookOutput;
}

/** The drop, as the project knows it. */
export interface HookDrop {
  /** The drop bucket. */
  readonly bucket: string;
  /** Key that it was dropped under. */
  readonly key: string;
  /** Version of the object. */
  readonly versionId: string;
  /** SHA-256 of its bytes, in hexadecimal digits. The same content comes once. */
  readonly sha256: string;
  /** Unit: bytes. */
  readonly size: number;
  /**
   * 0 to 9, from the metadata `priority` of the object.
   *
   * @default - none was given
   */
  readonly priority?: number;
  /**
   * From the metadata `pre-label` of the object, in pixels of the drop as a viewer shows it.
   *
   * @default - none was given
   */
  readonly preLabel?: PreLabel;
}

/** Where the bytes of a drop are. */
export interface HookSource {
  readonly bucket: string;
  readonly key: string;
  /**
   * Always read this version.
   *
   * @default - the object has no versions, and never changes
   */
  readonly versionId?: string;
}

/** A drop that is an image. */
export interface HookDropImage {
  /** `jpeg`, `png`, `webp`, `avif`, `gif` or `tiff`: by its content, whatever its name says. */
  readonly type: string;
  /** As a viewer shows it, its EXIF orientation applied. Unit: pixels. */
  readonly width: number;
  /** As a viewer shows it, its EXIF orientation applied. Unit: pixels. */
  readonly height: number;
  /** EXIF orientation, 1 to 8. What is other than 1 has to be turned before it is cut. */
  readonly orientation: number;
}

/** Where images go. */
export interface HookOutput {
  /** The project's input bucket. */
  readonly bucket: string;
  /** Keys that are written must begin so. It is new in each try. */
  readonly prefix: string;
  /** So many images one drop may give. */
  readonly maxImages: number;
  /** Limit of Ground Truth on an image. Unit: bytes. */
  readonly maxImageBytes: number;
  /** Limit of Ground Truth on an image. Unit: pixels. */
  readonly maxImagePixels: number;
}

/** What a feature engineering function answers: images, in the order of their index, or a rejection. */
export interface HookAnswer {
  /** 1: the version of the request. */
  readonly contractVersion: number;
  /**
   * The images that workers will label. None: the drop goes to quarantine with the reason `no-output`.
   *
   * @default - there is a rejection
   */
  readonly images?: HookImage[];
  /**
   * Nothing is to be labeled: the drop goes to quarantine at once, with the reason `hook-rejected`.
   *
   * @default - there are images
   */
  readonly reject?: HookRejection;
}

/** One image for the workers: a whole JPEG or PNG, upright, either written or in the answer itself. */
export interface HookImage {
  /**
   * Key that it was written under, in the bucket `output.bucket` of the request. It begins with the prefix of the
   * request. The project copies the image from there and deletes it.
   *
   * @default - it is in `body`
   */
  readonly key?: string;
  /**
   * The image itself in Base64. An answer may have 6 MB in all.
   *
   * @default - it was written under `key`
   */
  readonly body?: string;
  /**
   * What tells it from the drop's other images: 1 to 32 lower-case letters, digits and inner hyphens. It becomes part of the object's
   * key, and `rendition` in the data set.
   *
   * @default - none
   */
  readonly name?: string;
  /**
   * From points of this image to points of the drop as a viewer shows it: six numbers `a b c d e f` with `x' = a x + c y + e` and
   * `y' = b x + d y + f`. The pixel in column i and row j covers [i, i+1) x [j, j+1). With it labels can be mapped back. The numbers are
   * as those of `attributes`.
   *
   * @default - there is no such map, or nobody needs it
   */
  readonly inverseTransform?: number[];
  /**
   * 0 to 9; 9 goes to workers first.
   *
   * @default - the drop's
   */
  readonly priority?: number;
  /**
   * What is thought of the image before workers see it, in pixels of this image.
   *
   * @default - the drop's, mapped through `inverseTransform`; without both there is none
   */
  readonly preLabel?: PreLabel;
  /**
   * Strings, numbers and booleans that travel with the image into the data set, in `image-attributes`. Names have 1 to 64 letters,
   * digits, dots, underscores and hyphens; at most 4,000 bytes of JSON in UTF-8 in all. A number is 0 or, whatever its sign, between
   * 1e-130 and 2^53 - 1: write an identifier with more digits as a string.
   *
   * @default - none
   */
  readonly attributes?: { readonly [name: string]: any };
}

/** Why nothing of a drop is to be labeled. */
export interface HookRejection {
  /** 1 to 64 lower-case letters, digits and inner hyphens, such as `too-dark`. */
  readonly reason: string;
  /**
   * A sentence for people, of at most 500 characters.
   *
   * @default - none
   */
  readonly detail?: string;
}

/** A box of a pre-label. Unit: pixels, from the image's upper left corner. Fractions are allowed. */
export interface PreLabelBox {
  /** Name of one of the project's labels that is not retired. */
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A mask of a pre-label. */
export interface PreLabelMask {
  /** Where the mask lies: `s3://bucket/key` of a PNG of the image's size, which the project's execution role may read. */
  readonly uri: string;
  /** What its colours mean, each written `#rrggbb`, by the names of the project's labels. Pixels of no such colour are background. */
  readonly colors: { readonly [label: string]: string };
}

/** What a model, or anybody before the workers, thinks of an image: exactly one of the members, the one that the task type takes. */
export interface PreLabel {
  /**
   * Classification: names of labels. Exactly one where workers choose one class, any number where they choose all that fit.
   *
   * @default - none
   */
  readonly classes?: string[];

  /**
   * Bounding boxes, at least partly within the image.
   *
   * @default - none
   */
  readonly boxes?: PreLabelBox[];

  /**
   * A mask.
   *
   * @default - none
   */
  readonly mask?: PreLabelMask;
}
