import { GROUND_TRUTH_QUEUE_PREFIX } from '../../contract/environment';

/** Whose jobs: the project and the chain id of its ledger. */
export interface ChainName {
  readonly projectName: string;
  readonly chainId: string;
}

/** `<project>-<chain id>-<number>`, lower case: the service compares names without case, and its ARNs may keep or drop it. */
export function jobName(chain: ChainName, number: number): string {
  return `${chain.projectName}-${chain.chainId}-${number}`;
}

/** The number of one of our own jobs, or undefined for any other name. Accepts the `labeling-job/` that metadata sometimes carries. */
export function jobNumber(chain: ChainName, name: string): number | undefined {
  const prefix = `${chain.projectName}-${chain.chainId}-`;
  const bare = name.replace(/^labeling-job\//, '').toLowerCase();
  if (!bare.startsWith(prefix)) {
    return undefined;
  }
  const digits = bare.slice(prefix.length);
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** The queue that Ground Truth makes in our account for a streaming job, and leaves there. */
export function groundTruthQueueName(name: string): string {
  return `${GROUND_TRUTH_QUEUE_PREFIX}${name.toLowerCase()}`;
}

/** The queue name within a queue ARN. */
export function queueNameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
