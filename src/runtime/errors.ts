/** What the SDK tells of an error, wherever it came from. */
interface ServiceErrorShape {
  readonly name?: string;
  readonly message?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

const THROTTLING = new Set([
  'BandwidthLimitExceeded', 'KMSThrottlingException', 'PriorRequestNotComplete', 'ProvisionedThroughputExceededException',
  'RequestLimitExceeded', 'RequestThrottled', 'RequestThrottledException', 'SlowDown', 'ThrottledException', 'Throttling',
  'ThrottlingException', 'ThrottlingError', 'TooManyRequestsException', 'TransactionInProgressException',
]);

/** Errors about the caller's credentials say nothing about the request: it may well be taken later. */
const CREDENTIALS = new Set([
  'ExpiredToken', 'ExpiredTokenException', 'IncompleteSignature', 'InvalidClientTokenId', 'InvalidSignatureException', 'MissingAuthenticationToken',
  'MissingAuthenticationTokenException', 'RequestExpired', 'UnrecognizedClientException',
]);

const shapeOf = (error: unknown): ServiceErrorShape => typeof error === 'object' && error !== null ? error : {};

export const nameOfError = (error: unknown): string => shapeOf(error).name ?? 'Error';
export const messageOf = (error: unknown): string => shapeOf(error).message ?? String(error);
export const statusOf = (error: unknown): number | undefined => shapeOf(error).$metadata?.httpStatusCode;

/** The service was too busy for the request and did nothing. */
export function isThrottling(error: unknown): boolean {
  return THROTTLING.has(nameOfError(error)) || shapeOf(error).$retryable?.throttling === true || statusOf(error) === 429;
}

export const isCredentialsError = (error: unknown): boolean => CREDENTIALS.has(nameOfError(error));

/** The service took the request for wrong and did nothing. Throttling is none of these. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  // 408 is a time-out, whose request may have been carried out
  return !isThrottling(error) && status !== undefined && status >= 400 && status < 500 && status !== 408;
}

/** Nobody knows whether the request was carried out: time-outs, broken connections, 5xx. */
export function isUnknownOutcome(error: unknown): boolean {
  return !isThrottling(error) && !isRefusal(error);
}
