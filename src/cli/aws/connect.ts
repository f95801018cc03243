import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { factsOfStack } from './stack-outputs';
import { OperatorRequest, Status } from '../../contract/operator';
import { DynamoTable } from '../../runtime/aws/dynamo-table';
import { Table } from '../../runtime/ports';
import { CommandError, usageError } from '../errors';
import { ProjectAccess, ProjectFacts, ProjectOptions } from '../project-access';

/** The controller's own time-out is two minutes. */
const ANSWER_MS = 130_000;

/** Finds the project in AWS. Region, profile and endpoint come from the options, else from where the AWS SDK looks. */
export async function connect(options: ProjectOptions): Promise<ProjectAccess> {
  const settings = { region: options.region, profile: options.profile };
  if (options.stack === undefined && options.function === undefined && options.table === undefined) {
    throw usageError('which project?', 'Name its stack with --stack NAME, or its resources with --function and --table.');
  }
  const named = { controllerFunction: options.function, ledgerTable: options.table };
  const facts: ProjectFacts = {
    ...(options.stack === undefined ? {} : await factsOfStack(new CloudFormationClient(settings), options)),
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  };
  return new AwsProject(facts, settings);
}

class AwsProject implements ProjectAccess {
  constructor(readonly facts: ProjectFacts, private readonly settings: { readonly region?: string; readonly profile?: string }) {}

  async ask(request: OperatorRequest): Promise<Status> {
    const name = this.facts.controllerFunction;
    if (name === undefined) {
      throw usageError('this command needs the controller function', 'Name the stack with --stack, or the function with --function.');
    }
    const requestHandler = { connectionTimeout: 5_000, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true };
    const client = new LambdaClient({ ...this.settings, maxAttempts: 1, requestHandler });
    try {
      const call = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(request)) });
      const { Payload, FunctionError } = await client.send(call);
      return answerOf(name, Buffer.from(Payload ?? []).toString(), FunctionError);
    } finally {
      client.destroy();
    }
  }

  ledger(): Table {
    const name = this.facts.ledgerTable;
    if (name === undefined) {
      throw usageError('this command reads the ledger', 'Name the stack with --stack, or the ledger table with --table.');
    }
    return new DynamoTable(new DynamoDBClient({ ...this.settings, maxAttempts: 1 }), name);
  }
}

/** What the function answered, or what went wrong in it. */
export function answerOf(name: string, payload: string, functionError: string | undefined): Status {
  const answer: unknown = payload === '' ? undefined : JSON.parse(payload);
  if (functionError !== undefined) {
    const message = (answer as { errorMessage?: string } | undefined)?.errorMessage ?? payload;
    const old = /unknown command/.test(message);
    throw new CommandError(
      `the controller function ${name} failed: ${message}`,
      old ? 'The deployed project is older than this tool: deploy it again with the library\'s present version.' : 'Its log says more: `aws logs tail` its log group.',
    );
  }
  if (typeof answer !== 'object' || answer === null || !('mode' in answer)) {
    throw new CommandError(`the function ${name} does not answer as a controller does`, 'Check --function: the stack output ControllerFunction names it.');
  }
  return answer as Status;
}
