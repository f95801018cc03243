import { Operation } from './operation';

/** An answer of a service that did not do what was asked, or says so. */
export interface Refusal {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Why: too many requests, an error inside the service, or nobody there. */
export type RefusalKind = 'throttle' | 'internal-error' | 'unavailable';

interface Named {
  readonly status: number;
  readonly code: string;
}

/** As each service names it; https://docs.aws.amazon.com, "Common errors" of each API reference. */
const THROTTLES: { readonly [service: string]: Named } = {
  dynamodb: { status: 400, code: 'ProvisionedThroughputExceededException' },
  sqs: { status: 403, code: 'RequestThrottled' },
  sns: { status: 429, code: 'Throttled' },
  lambda: { status: 429, code: 'TooManyRequestsException' },
  s3: { status: 503, code: 'SlowDown' },
};

const NAMED: { readonly [kind in RefusalKind]: (service: string) => Named } = {
  'throttle': service => THROTTLES[service] ?? { status: 400, code: 'ThrottlingException' },
  'internal-error': service => ({ status: 500, code: service === 'dynamodb' ? 'InternalServerError' : service === 's3' ? 'InternalError' : 'InternalFailure' }),
  'unavailable': () => ({ status: 503, code: 'ServiceUnavailable' }),
};

const REQUEST_ID = '00000000-0000-0000-0000-000000000000';

/** The refusal in the service's own words and form, so that the SDK knows it. */
export function refusal(kind: RefusalKind, { service, name, protocol }: Operation): Refusal {
  const { status, code } = NAMED[kind](service);
  const message = `${code}, made by the fault proxy`;
  const common = { 'x-amzn-requestid': REQUEST_ID, 'connection': 'close' };
  switch (protocol) {
    case 'json-1.0':
    case 'json-1.1':
      return {
        status,
        headers: {
          ...common,
          'content-type': protocol === 'json-1.0' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
          'x-amzn-errortype': code,
          ...service === 'sqs' ? { 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` } : {},
        },
        body: JSON.stringify({ __type: code, message }),
      };
    case 'rest-json':
      return {
        status, headers: { ...common, 'content-type': 'application/json', 'x-amzn-errortype': code }, body: JSON.stringify({ Type: 'User', message }),
      };
    case 'query':
      return {
        status,
        headers: { ...common, 'content-type': 'text/xml' },
        body: `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>${message}</Message></Error>`
          + `<RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
      };
    case 'rest-xml':
      return {
        status,
        headers: { ...common, 'content-type': 'application/xml', 'x-amz-request-id': REQUEST_ID },
        body: name.startsWith('Head')
          ? ''
          : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>${REQUEST_ID}</RequestId></Error>`,
      };
  }
}
