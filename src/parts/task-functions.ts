import { Grant } from 'aws-cdk-lib/aws-iam';
import { Keys } from './keys';
import { Storage } from './storage';
import { BoundTask } from './worker-page';
import { PREFIX } from '../contract/environment';

/** The function that makes labels of a custom task reads the workers' answers where Ground Truth writes them. */
export function grantTaskFunctions(functions: BoundTask['functions'], { outputBucket }: Storage, keys: Keys): void {
  if (functions !== undefined) {
    const grantee = functions.postFunction;
    Grant.addToPrincipal({ grantee, actions: ['s3:GetObject'], resourceArns: [outputBucket.arnForObjects(`${PREFIX.JOBS}*`)] });
    keys.grant(grantee);
  }
}
