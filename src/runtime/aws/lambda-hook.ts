import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { makeHookClient } from './clients';
import { isThrottling, messageOf, nameOfError } from '../errors';
import { Pause, retried } from './retry';
import { HOOK_TIMEOUT_MAX_SECONDS } from '../../contract/hook-limits';
import { Hook, HookOutcome } from '../ports';
import { RetryLaterError } from '../retry-later';

/** About half a minute: less than the drop's message would wait. */
const THROTTLED_TRIES = 6;
const throttledPause: Pause = (tried) => new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000 * 2 ** tried));

/** Shorter than what a message waits by itself. Unit: milliseconds. */
const BUSY_PAUSE = 2 * 60_000;

/** Error types of the service that say that time was up (Lambda, and as the log says it). */
const TIMED_OUT = /^Sandbox\.Timedout$|Task timed out after/;

/** A Lambda function that makes images of drops, called and waited for. */
export class LambdaHook implements Hook {
  public constructor(
    private readonly functionArn: string, private readonly client: LambdaClient = makeHookClient(), private readonly pause = throttledPause,
    private readonly longest = HOOK_TIMEOUT_MAX_SECONDS * 1_000,
  ) {}

  public async call(request: string): Promise<HookOutcome> {
    const command = new InvokeCommand({ FunctionName: this.functionArn, InvocationType: 'RequestResponse', Payload: Buffer.from(request) });
    let began = Date.now();
    try {
      const answer = await retried(THROTTLED_TRIES, this.pause, isThrottling, () => {
        began = Date.now();
        return this.client.send(command);
      });
      const payload = Buffer.from(answer.Payload ?? []).toString('utf8');
      return answer.FunctionError === undefined ? { kind: 'answered', payload } : failure(payload);
    } catch (error) {
      // a connection that could not be made is called so too, and takes less
      if (nameOfError(error) === 'TimeoutError' && Date.now() - began >= this.longest) {
        return { kind: 'timed-out', message: 'no answer came in the time that is allowed' };
      }
      throw new RetryLaterError(BUSY_PAUSE, `the feature engineering function could not be called: ${nameOfError(error)}: ${messageOf(error)}`);
    }
  }
}

function failure(payload: string): HookOutcome {
  let told: { errorType?: unknown; errorMessage?: unknown } = {};
  try {
    told = JSON.parse(payload) ?? {};
  } catch {
    // what is no JSON is told as it is
  }
  const type = typeof told.errorType === 'string' ? told.errorType : undefined;
  const message = typeof told.errorMessage === 'string' ? told.errorMessage : payload.slice(0, 500);
  const isTimeout = TIMED_OUT.test(type ?? '') || TIMED_OUT.test(message);
  return { kind: isTimeout ? 'timed-out' : 'failed', message: type === undefined || message.startsWith(type) ? message : `${type}: ${message}` };
}
