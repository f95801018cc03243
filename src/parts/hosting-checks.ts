import { Stack, Token } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnBucket, IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { shown } from './claims';
import { Problems } from './problems';
import type { CloudFrontHostingOptions } from '../instruction-hosting';

/** Where CloudFront looks for certificates and web ACLs, whatever the stack's Region. */
const CLOUDFRONT_REGION = 'us-east-1';

/** Names of one distribution, unless AWS Support allows more. */
const DOMAIN_NAMES_MAX = 100;

const DOMAIN_NAME_MAX_LENGTH = 253;

const DOMAIN_NAME = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** An ARN of WAF, or the id of a web ACL of WAF Classic. */
const WEB_ACL = new RegExp(`^(arn:[^:]+:wafv2:${CLOUDFRONT_REGION}:\\d{12}:global/webacl/[^/]+/[^/]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`);

/** @throws what is wrong with the options of a site, all at once */
export function checkHosting({ domainNames, certificate, webAclId, accessLogBucket, accessLogPrefix }: CloudFrontHostingOptions): void {
  const problems = new Problems('InstructionHosting.cloudFront');
  checkNames(domainNames, certificate !== undefined, problems);
  const region = certificate && regionOf(certificate);
  if (region !== undefined && !Token.isUnresolved(region) && region !== CLOUDFRONT_REGION) {
    problems.add(`certificate is in Region '${region}'; CloudFront takes certificates of '${CLOUDFRONT_REGION}' only: make it in a stack there`);
  }
  if (webAclId !== undefined) {
    problems.pattern('webAclId', webAclId, WEB_ACL, `be the ARN of a web ACL with the scope CLOUDFRONT, such as arn:aws:wafv2:${CLOUDFRONT_REGION}:111122223333:global/webacl/office/0f0f0f0f-...`);
  }
  if (accessLogPrefix !== undefined && accessLogBucket === undefined) {
    problems.add(`accessLogPrefix is '${shown(accessLogPrefix)}' and accessLogBucket is missing; give both, or none for no access logs`);
  }
  problems.throwIfAny();
}

function checkNames(names: readonly string[] | undefined, certified: boolean, problems: Problems): void {
  if ((names === undefined) === certified) {
    problems.add(certified
      ? 'certificate is given and domainNames is missing; give both, or none for the name that CloudFront gives'
      : `domainNames is ${JSON.stringify(names!.map(shown))} and certificate is missing; give both, or none for the name that CloudFront gives`);
  }
  if (names === undefined || Token.isUnresolved(names)) {
    return;
  }
  if (names.length === 0 || names.length > DOMAIN_NAMES_MAX) {
    problems.add(`domainNames has ${names.length} entries; it must have 1 to ${DOMAIN_NAMES_MAX}`);
  }
  names.forEach((name, index) => {
    const prop = `domainNames[${index}]`;
    problems.pattern(prop, name, DOMAIN_NAME, 'be a domain name in lower case, such as instructions.example.com');
    if (!Token.isUnresolved(name) && name.length > DOMAIN_NAME_MAX_LENGTH) {
      problems.add(`${prop} has ${name.length} characters; it must have at most ${DOMAIN_NAME_MAX_LENGTH}`);
    }
    if (names.indexOf(name) < index) {
      problems.add(`${prop} is '${shown(name)}', as is domainNames[${names.indexOf(name)}]; each must be unique`);
    }
  });
}

/** Of an ARN that is not known yet, only a certificate of this app tells. */
function regionOf(certificate: ICertificate): string | undefined {
  if (!Token.isUnresolved(certificate.certificateArn)) {
    return certificate.certificateArn.split(':')[3];
  }
  return CfnCertificate.isCfnCertificate(certificate.node.defaultChild) ? Stack.of(certificate).region : undefined;
}

/**
 * What is wrong with a bucket for access logs: S3 makes buckets without ACLs, unless it is told otherwise. What it is told is known only
 * when the whole app is.
 */
export function logBucketProblems(bucket: IBucket): string[] {
  const resource = bucket.node.defaultChild;
  if (!CfnBucket.isCfnBucket(resource)) {
    return [];
  }
  const controls: CfnBucket.OwnershipControlsProperty | undefined = Stack.of(resource).resolve(resource.ownershipControls);
  const rules = controls?.rules as CfnBucket.OwnershipControlsRuleProperty[] | undefined;
  return rules?.some(({ objectOwnership }) => objectOwnership !== ObjectOwnership.BUCKET_OWNER_ENFORCED)
    ? []
    : [`accessLogBucket is '${bucket.node.path}', which has no ACLs; CloudFront writes its logs with one: give it objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED`];
}
