import { setTimeout as sleep } from 'node:timers/promises';
import { Aws } from '../../../src/local/runner/aws';
import { Schedules } from '../../../src/local/runner/schedules';

const MINUTE = 60_000;
/** A minute in 20 milliseconds. */
const SPEED = MINUTE / 20;

/** A schedule of each minute, whose function answers when the test says so. */
async function schedules() {
  const calls: { answer: () => void; fail: (error: Error) => void }[] = [];
  const found = { Arn: 'arn:clock', ScheduleExpression: 'rate(1 minute)', Target: { Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f', Input: '{}' } };
  const aws = {
    scheduler: { send: async () => found },
    lambda: { send: () => new Promise<void>((answer, fail) => calls.push({ answer, fail })) },
  } as unknown as Aws;
  const resource = { logicalId: 'Clock', physicalId: 'clock', type: 'AWS::Scheduler::Schedule', properties: {} };
  return { calls, clock: await Schedules.takeOver(aws, [resource]) };
}

test('a function that has not answered is given no other tick; one that has, goes on', async () => {
  const { calls, clock } = await schedules();
  clock.start({ speed: SPEED });
  await sleep(150);
  expect(calls).toHaveLength(1);
  calls[0].answer();
  await sleep(150);
  expect(calls).toHaveLength(2);
  clock.stop();
  calls[1].answer();
  await sleep(60);
  expect(calls).toHaveLength(2);
});

test('a tick that fails is told by stop, and the next one comes all the same', async () => {
  const { calls, clock } = await schedules();
  clock.start({ speed: SPEED });
  await sleep(100);
  calls[0].fail(new Error('no such function'));
  await sleep(150);
  expect(calls).toHaveLength(2);
  expect(() => clock.stop()).toThrow('no such function');
});

test('what fails after it was stopped, because the function is gone, is nobody\'s error', async () => {
  const { calls, clock } = await schedules();
  clock.start({ speed: SPEED });
  await sleep(100);
  clock.stop();
  calls[0].fail(new Error('no such function'));
  await sleep(20);
  expect(() => clock.stop()).not.toThrow();
});
