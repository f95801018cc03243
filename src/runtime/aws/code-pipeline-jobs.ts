import {
  CodePipelineClient, ListPipelineExecutionsCommand, PutJobFailureResultCommand, PutJobSuccessResultCommand,
} from '@aws-sdk/client-codepipeline';
import { nameOfError } from '../errors';
import { PipelineJobs } from '../ports';

/** A message may have so many characters. */
const MESSAGE_MAX = 5_000;
const SUMMARY_MAX = 2_048;

/** CodePipeline tells when an execution began only in its list, the newest first: an execution that runs is among the first. */
const PAGES = 20;

/** Jobs of CodePipeline. Give it a client that retries by itself: every request may be repeated. */
export class CodePipelineJobs implements PipelineJobs {
  public constructor(private readonly client: CodePipelineClient) {}

  public async startedAt(pipelineName: string, execution: string): Promise<number | undefined> {
    let nextToken: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const answer = await this.client.send(new ListPipelineExecutionsCommand({ pipelineName, nextToken, maxResults: 100 }));
      const found = answer.pipelineExecutionSummaries?.find(({ pipelineExecutionId }) => pipelineExecutionId === execution);
      if (found || answer.nextToken === undefined) {
        return found?.startTime?.getTime();
      }
      nextToken = answer.nextToken;
    }
    return undefined;
  }

  public async succeed(jobId: string, version: string, summary: string): Promise<void> {
    await unlessAnswered(() => this.client.send(new PutJobSuccessResultCommand({
      jobId, executionDetails: { summary: summary.slice(0, SUMMARY_MAX), percentComplete: 100 }, outputVariables: { Version: version },
    })));
  }

  public async fail(jobId: string, message: string): Promise<void> {
    await unlessAnswered(() => this.client.send(new PutJobFailureResultCommand({
      jobId, failureDetails: { type: 'JobFailed', message: message.slice(0, MESSAGE_MAX) },
    })));
  }
}

/** An answer that was given, or whose execution is over, is not given again. */
async function unlessAnswered(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (nameOfError(error) !== 'InvalidJobStateException' && nameOfError(error) !== 'JobNotFoundException') {
      throw error;
    }
  }
}
