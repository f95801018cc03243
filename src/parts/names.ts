import { Aws, Fn, ScopedAws, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { GROUND_TRUTH_QUEUE_PREFIX } from '../contract/environment';
import { PROJECT_NAME_MAX_LENGTH } from '../contract/limits';

export const PROJECT_NAME_PATTERN = /^[a-z0-9](-*[a-z0-9])*$/;

/** Hex digits of the construct's address in a default project name. */
const ADDRESS_DIGITS = 8;

/** A project name for a construct that was given none: its id and a hash of its path. */
export function defaultProjectName(scope: Construct): string {
  const id = scope.node.id.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, PROJECT_NAME_MAX_LENGTH - ADDRESS_DIGITS - 1)
    .replace(/^-+|-+$/g, '');
  return `${id || 'project'}-${scope.node.addr.slice(-ADDRESS_DIGITS)}`;
}

/**
 * Eight hexadecimal digits that no other stack has: the first of the UUID in the stack's id.
 *
 * A stack that is deleted and deployed again under the same name gets others, so that its jobs never meet the names of dead ones.
 */
export function chainIdOf(scope: Construct): string {
  // scoped, so that it means this stack in whichever stack it is used
  const stackId = new ScopedAws(scope).stackId;
  const uuid = Fn.select(2, Fn.split('/', stackId));
  return Fn.select(0, Fn.split('-', uuid));
}

/** The names of a project's jobs and of what belongs to them. */
export class ChainNames {
  /** The chain's name: what each job name begins with. */
  readonly chain: string;

  constructor(private readonly scope: Construct, readonly projectName: string, readonly chainId: string) {
    this.chain = `${projectName}-${chainId}`;
  }

  /** What the ARN of each job begins with. */
  get jobArnPrefix(): string {
    return this.arn('sagemaker', `labeling-job/${this.chain}-`);
  }

  /** ARNs of all jobs, with a wildcard. */
  get jobArns(): string {
    return `${this.jobArnPrefix}*`;
  }

  /** ARNs of the queues that Ground Truth makes for the jobs, with a wildcard. */
  get jobQueueArns(): string {
    return this.arn('sqs', `${GROUND_TRUTH_QUEUE_PREFIX}${this.chain}-*`);
  }

  private arn(service: string, resource: string): string {
    const { region, account } = Stack.of(this.scope);
    return `arn:${Aws.PARTITION}:${service}:${region}:${account}:${resource}`;
  }
}
