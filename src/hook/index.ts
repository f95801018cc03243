/**
 * For authors of feature engineering functions in Node.js: `import { featureEngineeringHook } from 'cdk-streaming-labeling/lib/hook'`,
 * and bundle it. It needs nothing but the AWS SDK, which is part of Lambda's runtime.
 */
import { S3HookStore } from './s3-store';
import { HookAnswer, HookImage, HookRejection, HookRequest } from '../contract/hook';
import { HOOK_CONTRACT_VERSION } from '../contract/hook-limits';

export type * from '../contract/hook';

/** Where bytes come from and go to. */
export interface HookStore {
  read(bucket: string, key: string, versionId?: string): Promise<Uint8Array>;
  write(bucket: string, key: string, body: Uint8Array, contentType: string): Promise<void>;
}

/** What is said of an image besides its bytes. */
export type HookImageOptions = Omit<HookImage, 'key' | 'body'>;

/** A drop, and what can be done with it. */
export interface HookedDrop {
  readonly request: HookRequest;
  /** The drop's bytes. */
  bytes(): Promise<Buffer>;
  /** Hands in the next image for the workers: a whole JPEG or PNG. */
  image(bytes: Uint8Array, options?: HookImageOptions): Promise<void>;
  /** Nothing is to be labeled. No image may have been handed in. */
  reject(reason: string, detail?: string): void;
}

/**
 * A Lambda handler that takes a request, does the work and answers as the contract wants it.
 *
 * @param work hands images in with `drop.image`, or rejects the drop; what it throws is tried again
 * @param store default: S3
 */
export function featureEngineeringHook(
  work: (drop: HookedDrop) => Promise<void>, store: HookStore = new S3HookStore(),
): (request: HookRequest) => Promise<HookAnswer> {
  return async (request) => {
    if (request?.contractVersion !== HOOK_CONTRACT_VERSION) {
      throw new Error(`this function knows version ${HOOK_CONTRACT_VERSION} of the contract and was called with ${String(request?.contractVersion)}: build it with the library that the project is deployed with`);
    }
    const drop = new Work(request, store);
    await work(drop);
    return drop.answer();
  };
}

class Work implements HookedDrop {
  private readonly images: HookImage[] = [];
  private rejection?: HookRejection;

  constructor(public readonly request: HookRequest, private readonly store: HookStore) {}

  public async bytes(): Promise<Buffer> {
    const { bucket, key, versionId } = this.request.source;
    const bytes = await this.store.read(bucket, key, versionId);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  public async image(bytes: Uint8Array, options: HookImageOptions = {}): Promise<void> {
    const { bucket, prefix } = this.request.output;
    const type = typeOf(bytes);
    const index = this.images.length;
    const key = `${prefix}${index}.${type.extension}`;
    // its place is taken before anything is waited for, so that images may be handed in at the same time
    this.images.push({ key, ...options });
    await this.store.write(bucket, key, bytes, type.contentType);
  }

  public reject(reason: string, detail?: string): void {
    this.rejection = { reason, ...(detail === undefined ? {} : { detail }) };
  }

  public answer(): HookAnswer {
    if (this.rejection !== undefined && this.images.length > 0) {
      throw new Error(`the drop was rejected (${this.rejection.reason}) although ${this.images.length} images of it were handed in: do one or the other`);
    }
    const outcome = this.rejection === undefined ? { images: this.images } : { reject: this.rejection };
    return { contractVersion: HOOK_CONTRACT_VERSION, ...outcome };
  }
}

function typeOf(bytes: Uint8Array): { readonly extension: string; readonly contentType: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    return { extension: 'jpg', contentType: 'image/jpeg' };
  }
  if (bytes[0] === 0x89 && bytes[1] === 0x50) {
    return { extension: 'png', contentType: 'image/png' };
  }
  throw new Error('an image for the workers must be a JPEG or a PNG');
}
