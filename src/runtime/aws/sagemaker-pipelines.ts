import {
  DescribePipelineExecutionCommand, ListPipelineExecutionStepsCommand, PipelineExecutionStep, SageMakerClient,
  StartPipelineExecutionCommand, StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { isCredentialsError, isRefusal, isThrottling, messageOf, nameOfError } from '../errors';
import { unlessUnknown } from './sagemaker-labeling-jobs';
import { ExecutionDescription, ExecutionRequest, ExecutionStep, PipelineExecutions, StartOutcome } from '../ports';

const OVER = ['Failed', 'Stopped', 'Stopping', 'Succeeded'];

/** What pipelines need of a client, so that it can be played. */
export type SageMakerSender = Pick<SageMakerClient, 'send'>;

/** Executions of pipelines in SageMaker. The client may retry: a start is sent again under its token. */
export class SageMakerPipelines implements PipelineExecutions {
  public constructor(private readonly client: SageMakerSender) {}

  public async start({ pipelineName, token, displayName, parameters }: ExecutionRequest): Promise<StartOutcome> {
    try {
      const { PipelineExecutionArn } = await this.client.send(new StartPipelineExecutionCommand({
        PipelineName: pipelineName,
        ClientRequestToken: token,
        PipelineExecutionDisplayName: displayName,
        PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
      }));
      return { kind: 'started', execution: PipelineExecutionArn! };
    } catch (error) {
      const message = `${nameOfError(error)}: ${messageOf(error)}`;
      const passes = ['ConflictException', 'ResourceLimitExceeded'].includes(nameOfError(error)) || isThrottling(error) || isCredentialsError(error);
      if (passes) {
        return { kind: 'later', message };
      }
      if (isRefusal(error)) {
        return { kind: 'refused', message };
      }
      throw error;
    }
  }

  public async describe(execution: string): Promise<ExecutionDescription | undefined> {
    const answer = await unlessUnknown(() => this.client.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: execution })));
    return answer && {
      status: answer.PipelineExecutionStatus!,
      ...(answer.FailureReason ? { failureReason: answer.FailureReason } : {}),
    };
  }

  public async steps(execution: string): Promise<readonly ExecutionStep[]> {
    const steps: PipelineExecutionStep[] = [];
    let next: string | undefined;
    do {
      const command = new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: execution, NextToken: next });
      const page = await unlessUnknown(() => this.client.send(command));
      steps.push(...page?.PipelineExecutionSteps ?? []);
      next = page?.NextToken;
    } while (next !== undefined);
    return steps.map(({ StepName, StepStatus, FailureReason }) => ({
      name: StepName!, status: StepStatus!, ...(FailureReason ? { failureReason: FailureReason } : {}),
    }));
  }

  public async stop(execution: string, token: string): Promise<void> {
    try {
      const command = new StopPipelineExecutionCommand({ PipelineExecutionArn: execution, ClientRequestToken: token });
      await unlessUnknown(() => this.client.send(command));
    } catch (error) {
      const found = isRefusal(error) ? await this.describe(execution) : undefined;
      if (!found || !OVER.includes(found.status)) {
        throw error;
      }
    }
  }
}
