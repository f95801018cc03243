import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { BackfillOutput } from '../../contract/backfill';
import { CommandError } from '../errors';
import { ProjectFacts, ProjectOptions } from '../project-access';

/** Names of a project's stack outputs (src/parts/outputs.ts); their keys begin with the construct's path and end in a hash. */
const OUTPUTS: { readonly [fact in Exclude<keyof ProjectFacts, 'backfills'>]-?: string } = {
  controllerFunction: 'ControllerFunction',
  ledgerTable: 'LedgerTable',
  dropBucket: 'DropBucketName',
  inputBucket: 'InputBucketName',
  outputBucket: 'OutputBucketName',
  dropUri: 'DropUri',
  dataSetUri: 'DataSetUri',
};

const HASH = '(?:[0-9A-F]{8})?';

interface Output {
  readonly OutputKey?: string;
  readonly OutputValue?: string;
}

/** The projects among a stack's outputs, by the name that their keys begin with. */
export function projectsOf(outputs: readonly Output[]): Map<string, ProjectFacts> {
  const projects = new Map<string, { [fact in keyof typeof OUTPUTS]?: string }>();
  for (const { OutputKey: key = '', OutputValue: value = '' } of outputs) {
    for (const [fact, name] of Object.entries(OUTPUTS)) {
      const match = new RegExp(`^(.*?)${name}${HASH}$`).exec(key);
      if (match) {
        projects.set(match[1], { ...projects.get(match[1]), [fact]: value });
      }
    }
  }
  return new Map([...projects].filter(([, facts]) => facts.controllerFunction !== undefined && facts.ledgerTable !== undefined));
}

/** The back-fills of a project among a stack's outputs, by the construct's id. */
export function backfillsOf(outputs: readonly Output[], controllerFunction: string | undefined): Map<string, BackfillOutput> {
  const found = outputs.flatMap(({ OutputKey: key = '', OutputValue: value = '' }): [string, BackfillOutput][] => {
    const match = new RegExp(`^(.*?)BackfillSource${HASH}$`).exec(key);
    return match ? [[match[1], JSON.parse(value) as BackfillOutput]] : [];
  });
  return new Map(found.filter(([, output]) => output.controllerFunction === controllerFunction));
}

/** What the outputs of a stack say of the one project that is meant. */
export async function factsOfStack(client: CloudFormationClient, { stack, project }: ProjectOptions): Promise<ProjectFacts> {
  const answer = await client.send(new DescribeStacksCommand({ StackName: stack })).catch((error: Error) => {
    if (/does not exist/.test(error.message)) {
      throw new CommandError(`there is no stack '${stack}' in this account and Region`, 'Check --stack, --region and --profile; `aws cloudformation list-stacks` shows what there is.');
    }
    throw error;
  });
  const outputs = answer.Stacks?.[0]?.Outputs ?? [];
  const facts = chooseProject(projectsOf(outputs), stack ?? '', project);
  return { ...facts, backfills: backfillsOf(outputs, facts.controllerFunction) };
}

export function chooseProject(projects: ReadonlyMap<string, ProjectFacts>, stack: string, wanted?: string): ProjectFacts {
  const names = [...projects.keys()].sort();
  if (names.length === 0) {
    throw new CommandError(`the stack '${stack}' has no outputs of a StreamingLabelingProject`, 'Name the stack that holds the project; deploy it first if that has not been done.');
  }
  const chosen = wanted === undefined && names.length === 1 ? names[0] : names.find((name) => name === wanted);
  if (chosen === undefined) {
    throw new CommandError(
      wanted === undefined ? `the stack '${stack}' holds ${names.length} projects` : `the stack '${stack}' holds no project '${wanted}'`,
      `Choose one with --project: ${names.join(', ')}.`,
    );
  }
  return projects.get(chosen)!;
}
