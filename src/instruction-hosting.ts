import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GeoRestriction, IDistribution, PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PREFIX } from './contract/environment';
import { checkHosting } from './parts/hosting-checks';
import { InstructionsSite } from './parts/instructions-site';

/** Where worker pages and their example images are, and the site that people read them on. */
export interface HostedInstructions {
  /** The bucket of the worker pages. */
  readonly bucket: IBucket;

  /** Their keys begin so. Behind it comes a content hash: what lies under a key never changes. */
  readonly keyPrefix: string;

  /**
   * Where whoever has this address reads the latest instructions. Behind it comes a version for those of a version.
   *
   * @default - no site: workers alone see the instructions
   */
  readonly url?: string;

  /**
   * The bucket of the site. It is private: its distribution alone reads it.
   *
   * @default - no site
   */
  readonly siteBucket?: IBucket;

  /**
   * What serves the site.
   *
   * @default - no site
   */
  readonly distribution?: IDistribution;
}

/** How the site is served that people read instructions on. */
export interface CloudFrontHostingOptions {
  /**
   * Names of your own under which the site is reached. They need a `certificate`, and a record in your DNS that leads to
   * `project.instructionHosting.distribution`.
   *
   * @default - the name that CloudFront gives it
   */
  readonly domainNames?: string[];

  /**
   * The certificate of the `domainNames`, in us-east-1. With it, browsers need TLS 1.2 at least; CloudFront's own takes older ones.
   *
   * @default - CloudFront's own
   */
  readonly certificate?: ICertificate;

  /**
   * From where in the world the site is served.
   *
   * @default PriceClass.PRICE_CLASS_ALL
   */
  readonly priceClass?: PriceClass;

  /**
   * Countries that may read the site, or may not.
   *
   * @default - every country may
   */
  readonly geoRestriction?: GeoRestriction;

  /**
   * ARN of a web ACL of AWS WAF with the scope CLOUDFRONT, such as one that lets only your network in.
   *
   * @default - none
   */
  readonly webAclId?: string;

  /**
   * The bucket that CloudFront writes access logs to. It must have ACLs (`ObjectOwnership.BUCKET_OWNER_PREFERRED`), which CloudFront
   * writes with.
   *
   * @default - no access logs
   */
  readonly accessLogBucket?: IBucket;

  /**
   * What the keys of access logs begin with.
   *
   * @default - nothing
   */
  readonly accessLogPrefix?: string;
}

/** What hosting comes to. */
interface BoundHosting {
  readonly hosted: HostedInstructions;
  readonly site?: InstructionsSite;
}

/**
 * How instructions reach those who read them.
 *
 * Workers see the worker page and its example images in either way alike: they lie in the project's output bucket, which is private, and a
 * worker's browser gets each image under an address that Ground Truth signs with the execution role, and that is good for a short time.
 */
export abstract class InstructionHosting {
  /**
   * Workers alone see the instructions.
   */
  static privateBucket(): InstructionHosting {
    return new PrivateBucket();
  }

  /**
   * A site that shows the instructions to people without a task before them: those who write them, new workers, or whoever trains the
   * model. At its root is the latest version, at `/<version>/` the version that a line of the data set names.
   *
   * **Whoever has its address can read it**: title, description, labels, instructions and example images. There is no login; that is why
   * you have to choose it. Nobody can list it or write to it, search engines are told to stay away, and it has a private bucket of its own
   * that its CloudFront distribution alone reads, by HTTPS. A `webAclId` can let only your network in.
   *
   * Worker pages do not depend on it: with or without it, and after it is taken away, running jobs show what they showed. The bucket is
   * retained.
   */
  static cloudFront(options: CloudFrontHostingOptions = {}): InstructionHosting {
    checkHosting(options);
    return new CloudFront(options);
  }

  /**
   * @param name unique in the account
   * @internal
   */
  abstract _bind(scope: Construct, outputBucket: IBucket, name: string): BoundHosting;
}

class PrivateBucket extends InstructionHosting {
  /** @internal */
  _bind(_scope: Construct, bucket: IBucket, _name: string): BoundHosting {
    return { hosted: { bucket, keyPrefix: PREFIX.CONFIG } };
  }
}

class CloudFront extends InstructionHosting {
  constructor(private readonly options: CloudFrontHostingOptions) {
    super();
  }

  /** @internal */
  _bind(scope: Construct, bucket: IBucket, name: string): BoundHosting {
    const site = new InstructionsSite(scope, 'InstructionsSite', name, this.options);
    const { url, distribution } = site;
    return { hosted: { bucket, keyPrefix: PREFIX.CONFIG, url, siteBucket: site.bucket, distribution }, site };
  }
}
