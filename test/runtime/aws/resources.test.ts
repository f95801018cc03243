import { ENVIRONMENT } from '../../../src/contract/environment';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { readResources, readTimings } from '../../../src/runtime/aws/resources';

const resources = {
  projectId: 'froth', ledgerTable: 'ledger', dropBucket: 'drop', dropPrefix: '', dropBucketIsOwn: true, inputBucket: 'input', outputBucket: 'output', inputTopicArn: 'in',
  outputTopicArn: 'out', intakeQueueUrl: 'iq', intakeDeadLetterQueueUrl: 'idlq', recorderQueueUrl: 'rq', recorderDeadLetterQueueUrl: 'rdlq', executionRoleArn: 'role',
};
const read = (value?: string) => () => readResources({ [ENVIRONMENT.RESOURCES]: value });

describe('resources', () => {
  it('are read from the environment', () => {
    expect(read(JSON.stringify(resources))()).toEqual(resources);
    expect(read(JSON.stringify({ ...resources, controllerFunction: 'c', outputKmsKeyArn: 'k' }))()).toEqual({ ...resources, controllerFunction: 'c', outputKmsKeyArn: 'k' });
  });

  it.each<[string, string | undefined, RegExp]>([
    ['absent', undefined, /^The environment variable PROJECT_RESOURCES is not set: it must hold the project's resources as JSON\.$/],
    ['no JSON', '{', /^The environment variable PROJECT_RESOURCES is no JSON: .+\.$/],
    ['no object', '[]', /^The environment variable PROJECT_RESOURCES is wrong: .+\.$/],
    ['incomplete', JSON.stringify({ ...resources, inputBucket: undefined }), /^The environment variable PROJECT_RESOURCES is wrong at inputBucket: .+\.$/],
    ['empty somewhere', JSON.stringify({ ...resources, ledgerTable: '' }), /wrong at ledgerTable: /],
    ['of a wrong type', JSON.stringify({ ...resources, dropBucketIsOwn: 'true' }), /wrong at dropBucketIsOwn: .*boolean/],
  ])('that are %s are refused in one sentence', (_, value, message) => {
    expect(read(value)).toThrow(message);
  });
});

describe('timings', () => {
  const timings = (value?: string) => () => readTimings({ [ENVIRONMENT.TIMINGS]: value });

  it('are the defaults, but for those that the environment changes', () => {
    expect(timings()()).toEqual(DEFAULT_TIMINGS);
    expect(timings('')()).toEqual(DEFAULT_TIMINGS);
    expect(timings('{"settleQuiet":5,"rollPause":0}')()).toEqual({ ...DEFAULT_TIMINGS, settleQuiet: 5, rollPause: 0 });
  });

  it.each([['{"settleQuite":5}', /PROJECT_TIMINGS is wrong: .*settleQuite/], ['{"lease":"3m"}', /wrong at lease/], ['{"lease":-1}', /wrong at lease/], ['5', /is wrong/]])(
    '%s is refused', (value, message) => expect(timings(value)).toThrow(message));
});
