import { Answer } from './answers';
import { ServiceError, SimulatorError } from './errors';
import { EndStatus } from './job-life';
import { isJsonObject, JsonObject, parseJsonObject } from './json';
import { GroundTruthSimulator } from './simulator';

/** An answer of the control API. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

type Action = (simulator: GroundTruthSimulator, input: JsonObject) => Promise<unknown>;

const READS: Readonly<Record<string, (simulator: GroundTruthSimulator) => unknown>> = {
  tasks: simulator => ({ tasks: simulator.tasks() }),
  bill: simulator => ({ bill: simulator.bill() }),
  jobs: simulator => ({ jobs: simulator.jobs() }),
};

const ACTIONS: Readonly<Record<string, Action>> = {
  'step': simulator => simulator.step(),
  'open': (simulator, input) => simulator.open(text(input, 'taskId'), text(input, 'workerId')),
  'submit': (simulator, input) => {
    const answer = input.answer;
    if (!isJsonObject(answer)) {
      throw new SimulatorError('submit needs an "answer".');
    }
    return simulator.submit(text(input, 'taskId'), text(input, 'workerId'), answer as unknown as Answer, { pixelHash: optional(input, 'pixelHash') });
  },
  'release': (simulator, input) => simulator.release(text(input, 'taskId'), text(input, 'workerId')),
  'decline': (simulator, input) => simulator.decline(text(input, 'taskId'), text(input, 'workerId')),
  'expire': (simulator, input) => simulator.expire(text(input, 'jobName'), endStatus(optional(input, 'status'))),
  'stop': (simulator, input) => simulator.stopByHand(text(input, 'jobName')),
  'fail': (simulator, input) => simulator.fail(text(input, 'jobName'), optional(input, 'reason')),
  'fail-object': (simulator, input) => simulator.failObject(text(input, 'sourceRef'), optional(input, 'reason')),
  'heal-object': async (simulator, input) => simulator.healObject(text(input, 'sourceRef')),
};

/**
 * Answers `GET tasks|bill|jobs` and
 * `POST step|open|submit|decline|expire|stop|fail|fail-object|heal-object` with a JSON object as body.
 * A mistake of the caller is answered with 409 and `{ error }`.
 */
export async function answerControl(simulator: GroundTruthSimulator, method: string, name: string, body: string): Promise<ControlAnswer> {
  try {
    if (method === 'GET' && Object.hasOwn(READS, name)) {
      return { status: 200, body: READS[name](simulator) };
    }
    if (method === 'POST' && Object.hasOwn(ACTIONS, name)) {
      const input = parseJsonObject(body === '' ? '{}' : body);
      if (!input) {
        throw new SimulatorError(`${name} needs a JSON object as body.`);
      }
      return { status: 200, body: (await ACTIONS[name](simulator, input)) ?? {} };
    }
    const known = `GET ${Object.keys(READS).join(', ')}; POST ${Object.keys(ACTIONS).join(', ')}`;
    return { status: 404, body: { error: `There is no ${method} ${name}. There are: ${known}.` } };
  } catch (error) {
    const isCallers = error instanceof SimulatorError || error instanceof ServiceError;
    return { status: isCallers ? 409 : 500, body: { error: (error as Error).message } };
  }
}

function text(input: JsonObject, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') {
    throw new SimulatorError(`"${name}" must be a text, got ${JSON.stringify(value)}.`);
  }
  return value;
}

function optional(input: JsonObject, name: string): string | undefined {
  return input[name] === undefined ? undefined : text(input, name);
}

function endStatus(status: string | undefined): EndStatus | undefined {
  if (status === undefined || status === 'Completed' || status === 'Failed' || status === 'Stopped') {
    return status;
  }
  throw new SimulatorError(`"status" must be Completed, Failed or Stopped, got "${status}".`);
}
