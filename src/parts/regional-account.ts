import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

const ACCOUNT = 'account';

/**
 * The account of AWS that has something in the stack's Region. A stack whose Region is known only at deploy time looks it up in a
 * mapping, which all projects of the stack share.
 */
export function regionalAccount(scope: Construct, mappingId: string, accounts: { readonly [region: string]: string }): string {
  const stack = Stack.of(scope);
  if (!Token.isUnresolved(stack.region)) {
    return accounts[stack.region];
  }
  const existing = stack.node.tryFindChild(mappingId) as CfnMapping | undefined;
  const mapping = existing ?? new CfnMapping(stack, mappingId, {
    mapping: Object.fromEntries(Object.entries(accounts).map(([region, account]) => [region, { [ACCOUNT]: account }])),
  });
  return mapping.findInMap(Aws.REGION, ACCOUNT);
}
