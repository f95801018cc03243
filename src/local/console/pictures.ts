import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** Pixels of the longer side: sharp on twice the size that it is shown in. */
const SIDE = 560;

/** Pictures that are kept made. */
const KEPT = 500;

/** Small pictures of images and masks, made once. Only what was given an address can be had. */
export class Pictures {
  private readonly known = new Map<string, { readonly uri: string; readonly kind: 'image' | 'mask' }>();
  private readonly colors = new Map<string, ReadonlySet<string>>();
  private readonly made = new Map<string, Promise<Buffer>>();

  /** @param read reads the object of an S3 URI */
  constructor(private readonly read: (uri: string) => Promise<Uint8Array>) {}

  /** The name under which it can be had. */
  nameOf(uri: string, kind: 'image' | 'mask'): string {
    const name = createHash('sha256').update(`${kind} ${uri}`).digest('hex').slice(0, 32);
    this.known.set(name, { uri, kind });
    return name;
  }

  /** The colours of a mask, `#rrggbb`. Undefined: it cannot be read now. */
  async colorsIn(uri: string): Promise<ReadonlySet<string> | undefined> {
    const known = this.colors.get(uri) ?? await this.read(uri).then(colorsIn).catch(() => undefined);
    if (known) {
      this.colors.set(uri, known);
    }
    return known;
  }

  /** JPEG of an image, PNG of a mask. Undefined: there is none of this name. */
  async get(name: string): Promise<{ readonly type: string; readonly bytes: Buffer } | undefined> {
    const picture = this.known.get(name);
    if (!picture) {
      return undefined;
    }
    const { uri, kind } = picture;
    const making = this.made.get(name) ?? this.read(uri).then(kind === 'mask' ? smallMask : smallImage);
    this.made.delete(name);
    this.made.set(name, making);
    if (this.made.size > KEPT) {
      this.made.delete([...this.made.keys()][0]);
    }
    try {
      return { type: kind === 'mask' ? 'image/png' : 'image/jpeg', bytes: await making };
    } catch (error) {
      this.made.delete(name); // another time it may be there
      throw error;
    }
  }
}

function smallImage(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).rotate().resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' }).jpeg({ quality: 82 }).toBuffer();
}

/** Where nothing is painted, which is white, the image is seen. */
async function smallMask(bytes: Uint8Array): Promise<Buffer> {
  const { data, info: { width, height } } = await sharp(bytes).removeAlpha().toColourspace('srgb')
    .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
    .ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 255 && data[at + 1] === 255 && data[at + 2] === 255) {
      data[at + 3] = 0;
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 } }).png().toBuffer();
}

async function colorsIn(bytes: Uint8Array): Promise<ReadonlySet<string>> {
  const data = await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();
  const found = new Set<number>();
  for (let at = 0; at < data.length; at += 3) {
    found.add(data.readUIntBE(at, 3));
  }
  return new Set([...found].map((color) => `#${color.toString(16).padStart(6, '0')}`));
}
