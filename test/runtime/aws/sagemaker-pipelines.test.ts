import { lostAnswer, serviceError as sdkError } from './sdk-errors';
import { SageMakerPipelines, SageMakerSender } from '../../../src/runtime/aws/sagemaker-pipelines';

const ARN = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/p/execution/abc';
const REQUEST = { pipelineName: 'p', token: 'x'.repeat(32), displayName: 'batch-1', parameters: { Batch: '000000001' } };

interface Sent {
  readonly name: string;
  readonly input: object;
}

function pipelines(...answers: (object | Error)[]): { port: SageMakerPipelines; sent: Sent[] } {
  const sent: Sent[] = [];
  const send = async (command: { readonly input: object; readonly constructor: { readonly name: string } }): Promise<object> => {
    sent.push({ name: command.constructor.name, input: command.input });
    const answer = answers.shift()!;
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { port: new SageMakerPipelines({ send } as unknown as SageMakerSender), sent };
}

test('a start sends the whole request', async () => {
  const { port, sent } = pipelines({ PipelineExecutionArn: ARN });
  expect(await port.start(REQUEST)).toEqual({ kind: 'started', execution: ARN });
  expect(sent).toEqual([{
    name: 'StartPipelineExecutionCommand',
    input: {
      PipelineName: 'p', ClientRequestToken: REQUEST.token, PipelineExecutionDisplayName: 'batch-1',
      PipelineParameters: [{ Name: 'Batch', Value: '000000001' }],
    },
  }]);
});

test.each([
  ['ThrottlingException', 400, 'later'], ['ResourceLimitExceeded', 400, 'later'], ['ConflictException', 400, 'later'], ['ExpiredTokenException', 403, 'later'],
  ['ResourceNotFound', 400, 'refused'], ['AccessDeniedException', 400, 'refused'], ['ValidationException', 400, 'refused'],
])('%s (%i) is %s', async (name, status, kind) => {
  expect(await pipelines(sdkError(name, status)).port.start(REQUEST)).toMatchObject({ kind });
});

test('of a time-out nobody knows what became', async () => {
  await expect(pipelines(lostAnswer()).port.start(REQUEST)).rejects.toThrow();
  await expect(pipelines(sdkError('InternalFailure', 500)).port.start(REQUEST)).rejects.toThrow();
});

test('what the service does not know is undefined, and all pages of steps are read', async () => {
  expect(await pipelines(sdkError('ResourceNotFound', 400)).port.describe(ARN)).toBeUndefined();
  expect(await pipelines({ PipelineExecutionStatus: 'Failed', FailureReason: 'x' }).port.describe(ARN)).toEqual({ status: 'Failed', failureReason: 'x' });
  const { port } = pipelines(
    { PipelineExecutionSteps: [{ StepName: 'B', StepStatus: 'Failed', FailureReason: 'y' }], NextToken: 't' }, { PipelineExecutionSteps: [{ StepName: 'A', StepStatus: 'Succeeded' }] },
  );
  expect(await port.steps(ARN)).toEqual([{ name: 'B', status: 'Failed', failureReason: 'y' }, { name: 'A', status: 'Succeeded' }]);
});

test('a stop of what is over or gone is none; another refusal is', async () => {
  await pipelines(sdkError('ResourceNotFound', 400)).port.stop(ARN, REQUEST.token);
  await pipelines(sdkError('ConflictException', 400), { PipelineExecutionStatus: 'Succeeded' }).port.stop(ARN, REQUEST.token);
  await expect(pipelines(sdkError('AccessDeniedException', 400), { PipelineExecutionStatus: 'Executing' }).port.stop(ARN, REQUEST.token)).rejects.toThrow();
});
