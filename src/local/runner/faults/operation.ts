import { IncomingHttpHeaders } from 'http';

/** How a service writes its errors. */
export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'rest-json' | 'rest-xml';

/** What a request to AWS asks for. */
export interface Operation {
  /** As in the scope of the signature: `s3`, `dynamodb`, `sagemaker`. */
  readonly service: string;
  /** As in the service's API: `PutObject`. `Unknown` where the request does not tell. */
  readonly name: string;
  readonly protocol: Protocol;
}

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Services by the prefix of their targets, and the version of JSON that they write. */
const TARGETS: { readonly [prefix: string]: Pick<Operation, 'service' | 'protocol'> } = {
  DynamoDB_20120810: { service: 'dynamodb', protocol: 'json-1.0' },
  AmazonSQS: { service: 'sqs', protocol: 'json-1.0' },
  AWSEvents: { service: 'events', protocol: 'json-1.1' },
  SageMaker: { service: 'sagemaker', protocol: 'json-1.1' },
};

const INVOCATION = /^\/2015-03-31\/functions\/[^/]+\/invocations$/;

/** Names the operation of a signed request of the SDK. */
export function operationOf(request: WireRequest): Operation {
  const { headers, body } = request;
  const [prefix, name] = String(headers['x-amz-target'] ?? '').split('.');
  if (name !== undefined) {
    return { name, ...TARGETS[prefix] ?? { service: scopeOf(headers) ?? prefix.toLowerCase(), protocol: 'json-1.1' as const } };
  }
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    return { service: scopeOf(headers) ?? 'unknown', name: new URLSearchParams(body.toString()).get('Action') ?? 'Unknown', protocol: 'query' };
  }
  const url = new URL(request.url, 'http://localhost');
  if (INVOCATION.test(url.pathname)) {
    return { service: 'lambda', name: 'Invoke', protocol: 'rest-json' };
  }
  return { service: scopeOf(headers) ?? 's3', name: url.searchParams.get('x-id') ?? objectOperation(request.method, url, headers), protocol: 'rest-xml' };
}

function scopeOf(headers: IncomingHttpHeaders): string | undefined {
  return /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(String(headers.authorization ?? ''))?.[1];
}

/** Parameters that make another operation of a request on a bucket or an object. */
const SUBRESOURCES: { readonly [parameter: string]: string } = {
  cors: 'BucketCors', versioning: 'BucketVersioning', notification: 'BucketNotificationConfiguration', tagging: 'ObjectTagging',
};
const VERBS: { readonly [method: string]: string } = { GET: 'Get', HEAD: 'Head', PUT: 'Put', DELETE: 'Delete', POST: 'Post' };

/** Operations of S3 that the SDK does not name in the address. */
function objectOperation(method: string, { pathname, searchParams }: URL, headers: IncomingHttpHeaders): string {
  const subresource = Object.keys(SUBRESOURCES).find(parameter => searchParams.has(parameter));
  if (subresource !== undefined) {
    return `${VERBS[method] ?? method}${SUBRESOURCES[subresource]}`;
  }
  if (pathname.split('/').filter(part => part !== '').length > 1) {
    return headers['x-amz-copy-source'] === undefined ? `${VERBS[method] ?? method}Object` : 'CopyObject';
  }
  if (method === 'GET') {
    return searchParams.has('versions') ? 'ListObjectVersions' : 'ListObjectsV2';
  }
  return `${VERBS[method] ?? method}Bucket`;
}
