import { ServiceError, throttling } from './errors';
import { ApiVerdict } from './options';
import { ServiceModel } from './service-model';

/** What stands between a caller and the API: faults on order, and the published description of the requests. */
export interface ApiRules {
  readonly apiVerdict: (operation: string) => ApiVerdict;
  readonly model?: ServiceModel;
}

/** Answers a call of the API: checked, and failing where the rules say so. */
export async function answerCall<T>(
  { apiVerdict, model }: ApiRules, operation: string, request: unknown, answer: () => T | Promise<T>,
): Promise<T> {
  const verdict = apiVerdict(operation);
  if (verdict === 'throttle') {
    throw throttling();
  }
  if (verdict === 'throw-before') {
    throw new ServiceError('InternalFailure', `${operation} failed before it did anything (injected)`, 500);
  }
  model?.check(operation, request);
  const response = await answer();
  if (verdict === 'throw-after') {
    throw new ServiceError('TimeoutError', `${operation} was done, but its answer was lost (injected)`, 504);
  }
  return response;
}
