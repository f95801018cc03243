import { Stack, Token } from 'aws-cdk-lib';
import { Problems } from './problems';

const ARN = /^arn:(?<partition>[a-z-]+):sagemaker:(?<region>[a-z0-9-]+):(?<account>[0-9]{12}):workteam\/(?<crowd>[a-z-]+)\/(?<name>[A-Za-z0-9][A-Za-z0-9-]*)$/;
const ARN_MAX_LENGTH = 256;

/** Adds why no job of the stack could use the team, if so. */
export function checkWorkTeamArn(problems: Problems, arn: string, stack: Stack): void {
  if (Token.isUnresolved(arn)) {
    return;
  }
  const parts = arn.length > ARN_MAX_LENGTH ? undefined : ARN.exec(arn)?.groups;
  if (parts?.crowd === 'public-crowd') {
    problems.add(`workTeamArn is '${arn}', the public team; AWS closed it (Amazon Mechanical Turk for Ground Truth) on 30 September 2026: use a private team or one of a vendor`);
  } else if (parts === undefined || (parts.crowd !== 'private-crowd' && parts.crowd !== 'vendor-crowd')) {
    problems.add(`workTeamArn is '${arn}'; it must be arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME, or the same with vendor-crowd`);
  } else {
    if (parts.partition !== 'aws') {
      problems.add(`workTeamArn is in partition '${parts.partition}'; Ground Truth labels images only in 'aws'`);
    }
    if (!Token.isUnresolved(stack.region) && parts.region !== stack.region) {
      problems.add(`workTeamArn is in Region '${parts.region}'; it must be in the stack's Region '${stack.region}'`);
    }
    // a vendor's team belongs to an account of AWS
    if (parts.crowd === 'private-crowd' && !Token.isUnresolved(stack.account) && parts.account !== stack.account) {
      problems.add(`workTeamArn is in account '${parts.account}'; a private team must be in the stack's account '${stack.account}'`);
    }
  }
}
