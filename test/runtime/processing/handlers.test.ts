import type { Context } from 'aws-lambda';
import { handler as controller } from '../../../src/runtime/controller/controller.lambda';
import { handler as registrar } from '../../../src/runtime/registrar/registrar.lambda';
import { flushes, useProject } from '../../support/handler-world';
import { MINUTE, MemoryProject } from '../../support/memory-project';
import { pngOf, processingProject } from '../../support/processing-project';

jest.mock('../../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../../support/handler-world')>('../../support/handler-world').mockedWorld(),
}));

const CONTEXT = { getRemainingTimeInMillis: () => 600_000 } as Context;

/** A project whose first batch ran, and whose pipeline calls the functions themselves. */
async function project(): Promise<MemoryProject> {
  const made = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? 2 * MINUTE : 0 } });
  useProject(made);
  made.outside.pipelineHost.onInvoke = async (arn, payload) => arn.endsWith(':registrar') ? registrar(payload as never, CONTEXT) : controller(payload as never);
  return made;
}

test('the steps of the pipeline register what a batch gave and start what is due', async () => {
  const made = await project();
  await made.drop('a', pngOf('good'));
  await made.drop('b', pngOf('error'));
  await made.rounds(8);
  const [{ steps, status }] = made.outside.pipelineSimulator.executions();
  expect(status).toBe('Succeeded');
  expect(steps.map(({ outcome }) => outcome?.outputs)).toEqual([
    undefined, undefined, { registered: 1, open: 1 }, { did: expect.stringContaining('START, CREATE') },
  ]);
  expect(flushes).toBeGreaterThan(1);
});

test('a step that cannot register leaves it to the controller, and does not fail the execution', async () => {
  const made = await project();
  await made.drop('a', pngOf('good'));
  await made.rounds(2);
  made.outside.cloud.faults = (operation, args) =>
    operation === 's3.GetObject' && String(args[1]).includes('/results/') && made.outside.pipelineSimulator.executions()[0].steps.length === 3 ? 'throw-before' : 'ok';
  await made.rounds(2);
  made.outside.cloud.faults = () => 'ok';
  await made.rounds(6);
  expect(made.outside.pipelineSimulator.executions().map(({ status }) => status)).toEqual(['Succeeded']);
  expect((await made.read()).counts['drop:DONE']).toBe(1);
});

test('a number that is none is told of', async () => {
  const made = await project();
  expect(await registrar({ batch: 'none' }, CONTEXT)).toEqual({ registered: 0, open: 0 });
  expect(made.outside.telemetry.said.some(({ detail }) => JSON.stringify(detail ?? {}).includes('register-failed'))).toBe(true);
});
