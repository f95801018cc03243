import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AllowedMethods, CachePolicy, Distribution, Function as EdgeFunction, FunctionCode, FunctionEventType, FunctionRuntime, HeadersFrameOption,
  HeadersReferrerPolicy, HttpVersion, ResponseHeadersPolicy, S3OriginAccessControl, SecurityPolicyProtocol, Signing, ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { logBucketProblems } from './hosting-checks';
import { WRITE_OBJECT_ACTIONS } from './permissions';
import { ProjectFunction } from './project-function';
import { SITE_CONTENT_POLICY, SITE_INDEX, SITE_PREFIX, sitePageKey } from '../contract/instructions-site';
import type { CloudFrontHostingOptions } from '../instruction-hosting';

/** Answers for a folder what lies in it as its index. S3 behind CloudFront does not do so by itself. */
const FOLDERS = `function handler(event) {
  var request = event.request;
  if (/\\/[^./]*$/.test(request.uri)) {
    request.uri = request.uri.replace(/\\/?$/, '/${SITE_INDEX}');
  }
  return request;
}
`;

/** Browsers do not try HTTP for so long. */
const HTTPS_FOR = Duration.days(365);

/**
 * The site that people read instructions on: a private bucket behind CloudFront. Whoever has its address may read it.
 *
 * It has no original: all of it is made of the instructions again, which the output bucket keeps.
 */
export class InstructionsSite extends Construct {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** Where the latest instructions are. */
  readonly url: string;

  /** @param name unique in the account: what CloudFront knows is the same in every Region */
  constructor(scope: Construct, id: string, name: string, options: CloudFrontHostingOptions) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // a key would guard what whoever has the address may read
      encryption: BucketEncryption.S3_MANAGED,
      // not versioned: a page that is overwritten can be made again. Without its distribution nobody reads what is left of it
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.distribution = this.distribute(name, options);
    const host = options.domainNames?.find((each) => !each.startsWith('*')) ?? this.distribution.distributionDomainName;
    this.url = `https://${host}/`;
    this.acknowledge(options);
    const { accessLogBucket } = options;
    if (accessLogBucket !== undefined) {
      this.node.addValidation({ validate: () => logBucketProblems(accessLogBucket) });
    }
  }

  /** Lets a function publish: pages, and what they show. */
  grantPublish(handler: ProjectFunction): void {
    const below = (key: string): string => this.bucket.arnForObjects(key);
    const pages = [SITE_INDEX, sitePageKey('*')].map(below);
    handler.allow(WRITE_OBJECT_ACTIONS, [...pages, ...Object.values(SITE_PREFIX).map((prefix) => below(`${prefix}*`))]);
    handler.allow(['s3:GetObject'], [below(sitePageKey('*'))]);
    // to be told that a page is not there, rather than that nobody may know
    handler.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
  }

  private distribute(name: string, options: CloudFrontHostingOptions): Distribution {
    const { domainNames, certificate, accessLogBucket } = options;
    const folders = new EdgeFunction(this, 'Folders', {
      functionName: name, comment: 'Answers for a folder what lies in it as its index',
      code: FunctionCode.fromInline(FOLDERS), runtime: FunctionRuntime.JS_2_0,
    });
    const accessControl = new S3OriginAccessControl(this, 'AccessControl', { originAccessControlName: name, signing: Signing.SIGV4_ALWAYS });
    return new Distribution(this, 'Distribution', {
      comment: `Labeling instructions of ${name}`,
      defaultRootObject: SITE_INDEX,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket, { originAccessControl: accessControl }),
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        // as long as each object says, and whatever the query: there is one answer for each path
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: this.headers(name),
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: folders }],
        compress: true,
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      priceClass: options.priceClass,
      geoRestriction: options.geoRestriction,
      webAclId: options.webAclId,
      ...certificate ? { domainNames, certificate } : {},
      ...accessLogBucket ? { enableLogging: true, logBucket: accessLogBucket, logFilePrefix: options.accessLogPrefix } : {},
    });
  }

  private headers(name: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: name,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: `${SITE_CONTENT_POLICY}; frame-ancestors 'none'`, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: HTTPS_FOR, override: true },
      },
      // no CORS: nothing but its own pages needs to read it
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Resource-Policy', value: 'same-origin', override: true },
          { header: 'X-Robots-Tag', value: 'noindex, nofollow', override: true },
        ],
      },
    });
  }

  private acknowledge({ certificate, webAclId, geoRestriction, accessLogBucket }: CloudFrontHostingOptions): void {
    const why = (id: string, reason: string): void => Validations.of(this).acknowledge({ id, reason });
    why('AwsSolutions-S1', 'CloudFront alone reads the bucket, and its readers are logged where the user gives a bucket for that.');
    if (certificate === undefined) {
      why('AwsSolutions-CFR4', "Without a certificate of the user's CloudFront shows its own, and takes no minimum for TLS.");
    }
    if (accessLogBucket === undefined) {
      why('AwsSolutions-CFR3', 'Access logs are written where the user gives a bucket for them.');
    }
    if (webAclId === undefined) {
      why('AwsSolutions-CFR2', 'A firewall is used where the user gives one; the site is a few pages that take no input.');
    }
    if (geoRestriction === undefined) {
      why('AwsSolutions-CFR1', 'Countries are restricted where the user says which.');
    }
  }
}
