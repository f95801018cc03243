import { IBucket } from 'aws-cdk-lib/aws-s3';
import { PREFIX } from './contract/environment';

/** Where worker pages and their example images are. */
export interface HostedInstructions {
  /** The bucket. */
  readonly bucket: IBucket;

  /** Their keys begin so. Behind it comes a content hash: what lies under a key never changes. */
  readonly keyPrefix: string;
}

/**
 * How worker pages and their example images reach workers.
 */
export abstract class InstructionHosting {
  /**
   * They lie in the project's output bucket, which is private. A worker's browser gets each image under an address that Ground Truth
   * signs with the execution role, and that is good for a short time.
   */
  static privateBucket(): InstructionHosting {
    return new PrivateBucket();
  }

  /** @internal */
  abstract _bind(outputBucket: IBucket): HostedInstructions;
}

class PrivateBucket extends InstructionHosting {
  /** @internal */
  _bind(bucket: IBucket): HostedInstructions {
    return { bucket, keyPrefix: PREFIX.CONFIG };
  }
}
