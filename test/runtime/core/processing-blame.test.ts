import { Failure, ProcessingStep, afterFailure, isFailureOfCode, speaksAgainstCode } from '../../../src/runtime/core/processing-blame';
import { NEVER_FAILED, Waiting } from '../../../src/runtime/core/waiting';

describe('what becomes of a drop that its batch did not finish', () => {
  const failure = (change: Partial<Failure> = {}): Failure =>
    ({ batch: 5, undone: 16, size: 16, lastFruitful: 0, ranToEnd: false, byCode: true, nothingWorks: false, ...change });
  const again = (before: Waiting, change: Partial<Failure>, reported = false): Waiting => {
    const verdict = afterFailure(before, failure(change), reported);
    if (verdict.kind !== 'again') {
      throw new Error(verdict.reason);
    }
    return verdict.waiting;
  };

  test('all of them once more, then halves, down to one', () => {
    let waiting: Waiting = NEVER_FAILED;
    const limits: (number | undefined)[] = [];
    for (let batch = 1, size = 16; size >= 1 && batch < 8; batch += 1) {
      waiting = again(waiting, { batch, size, undone: size });
      limits.push(waiting.limit);
      size = waiting.limit!;
    }
    expect(limits).toEqual([16, 8, 4, 2, 1, 1, 1]);
  });

  test('is charged once for a batch, however often it is settled', () => {
    const once = again(NEVER_FAILED, {});
    expect(again(once, {})).toEqual(once);
  });

  test('a crash counts against a drop only where it was alone', () => {
    const suspect: Waiting = { ...NEVER_FAILED, failures: 5, crashes: 1, limit: 4, firstFailed: 1, lastFailed: 4 };
    expect(again(suspect, { size: 4, undone: 4, lastFruitful: 4 }).crashes).toBe(1);
    expect(afterFailure(suspect, failure({ size: 1, undone: 1, lastFruitful: 4 }), false)).toEqual({ kind: 'quarantine', reason: 'processor-crash' });
  });

  test('nothing is blamed on anybody before something else came through', () => {
    const lone: Waiting = { ...NEVER_FAILED, failures: 9, crashes: 9, limit: 1, firstFailed: 3, lastFailed: 4 };
    expect(again(lone, { size: 1, undone: 1, lastFruitful: 2 }).crashes).toBe(10);
    expect(afterFailure(lone, failure({ size: 1, undone: 1, lastFruitful: 3 }), false).kind).toBe('quarantine');
  });

  test('something must have come through since it failed together with others: the code may have broken meanwhile', () => {
    const lone: Waiting = { ...NEVER_FAILED, failures: 4, crashes: 1, limit: 1, firstFailed: 3, lastTogether: 6, lastFailed: 7 };
    const alone = { batch: 9, size: 1, undone: 1 };
    expect(again(lone, { ...alone, lastFruitful: 5 })).toMatchObject({ crashes: 2, aside: true, lastTogether: 6 });
    expect(afterFailure(lone, failure({ ...alone, lastFruitful: 8 }), false).kind).toBe('quarantine');
  });

  test.each<[string, Partial<Failure>, boolean, boolean]>([
    ['may have made its batch fail', { lastFruitful: 5 }, false, false],
    ['failed alone, and others came through', { size: 1, undone: 1, lastFruitful: 4 }, false, false],
    ['failed alone, and nothing came through', { size: 1, undone: 1, lastFruitful: 2 }, false, true],
    ['failed alone while nothing works', { size: 1, undone: 1, lastFruitful: 4, nothingWorks: true }, false, true],
    ['is reported by the code', {}, true, true],
    ['was left out by code that ran to its end', { ranToEnd: true }, false, true],
  ])('whether it stands at the end of the line: it %s', (_name, change, reported, expected) => {
    const before: Waiting = { ...NEVER_FAILED, failures: 2, limit: 4, firstFailed: 2, lastTogether: 3, lastFailed: 3 };
    expect(again(before, change, reported).aside ?? false).toBe(expected);
  });

  test('errors that failed batches hide are not taken for crashes', () => {
    const reported: Waiting = { ...NEVER_FAILED, failures: 2, errors: 2, limit: 16, firstFailed: 1, lastFailed: 2 };
    expect(again(reported, { lastFruitful: 4 })).toMatchObject({ errors: 2, crashes: 0 });
    expect(again(reported, { lastFruitful: 4, size: 1, undone: 1 })).toMatchObject({ errors: 2, crashes: 1 });
    expect(afterFailure(reported, failure({ lastFruitful: 4 }), true)).toEqual({ kind: 'quarantine', reason: 'engineering-failed' });
  });

  test('... nor a crash for an error', () => {
    const crashed: Waiting = { ...NEVER_FAILED, failures: 4, crashes: 1, errors: 1, limit: 1, firstFailed: 1, lastFailed: 4 };
    expect(again(crashed, { size: 1, undone: 1, lastFruitful: 4 }, true)).toMatchObject({ crashes: 1, errors: 2 });
  });

  test('what SageMaker lays to itself counts against a drop alone only when it goes on and on while others come through', () => {
    let waiting: Waiting = { ...NEVER_FAILED, failures: 3, limit: 1, firstFailed: 1, lastFailed: 3 };
    for (let batch = 4; batch < 9; batch += 1) {
      waiting = again(waiting, { batch, size: 1, undone: 1, lastFruitful: batch - 1, byCode: false });
    }
    expect(waiting).toMatchObject({ crashes: 0, unclear: 5 });
    const last = failure({ batch: 9, size: 1, undone: 1, lastFruitful: 8, byCode: false });
    expect(afterFailure(waiting, last, false)).toEqual({ kind: 'quarantine', reason: 'processor-crash' });
  });

  test.each([[true], [false]])('while nothing works nobody is charged (reported: %p)', (reported) => {
    const suspect: Waiting = { failures: 5, crashes: 1, errors: 2, unclear: 5, limit: 1, firstFailed: 1, lastFailed: 4 };
    const change = { size: 1, undone: 1, lastFruitful: 4, nothingWorks: true };
    expect(again(suspect, change, reported)).toMatchObject({ failures: 6, crashes: 1, errors: 2, unclear: 5 });
    expect(again(suspect, { ...change, byCode: false }, reported)).toMatchObject({ failures: 6, crashes: 1, errors: 2, unclear: 5 });
  });
});

test.each<[string, ProcessingStep | undefined, boolean]>([
  ['the container ended with an error', { status: 'Failed', failureReason: 'ClientError: AlgorithmError: , exit code: 137' }, true],
  ['... whatever it says', { status: 'Failed', failureReason: 'AlgorithmError: , exit code: 1; botocore: ThrottlingException, AccessDenied' }, true],
  ['its time was over', { status: 'Failed', failureReason: 'Processing step timed out after 3600 s' }, true],
  ['no reason', { status: 'Failed' }, true],
  ['SageMaker itself', { status: 'Failed', failureReason: 'InternalServerError: We encountered an internal error. Please try again.' }, false],
  ['no instances', { status: 'Failed', failureReason: 'CapacityError: Unable to provision requested ML compute capacity' }, false],
  ['a quota', { status: 'Failed', failureReason: 'ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: ResourceLimitExceeded' }, false],
  ['a right', { status: 'Failed', failureReason: 'ClientError: User is not authorized to perform: ecr:BatchGetImage' }, false],
  ['it was stopped', { status: 'Stopped' }, false],
  ['it succeeded, and a later step failed', { status: 'Succeeded' }, false],
  ['it never began', undefined, false],
])('whether the code made an execution fail: %s', (_name, step, expected) => {
  expect(isFailureOfCode(step)).toBe(expected);
});

test.each<[string, Pick<Failure, 'size' | 'ranToEnd' | 'byCode'>, boolean]>([
  ['many drops, one of which may be bad', { size: 16, ranToEnd: false, byCode: true }, false],
  ['one drop', { size: 1, ranToEnd: false, byCode: true }, true],
  ['no usable result for any of many', { size: 16, ranToEnd: true, byCode: false }, true],
  ['the surroundings', { size: 16, ranToEnd: false, byCode: false }, true],
])('whether an execution that gives nothing speaks against the code: %s', (_name, failure, expected) => {
  expect(speaksAgainstCode(failure)).toBe(expected);
});
