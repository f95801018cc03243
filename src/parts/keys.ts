import { Annotations, Stack } from 'aws-cdk-lib';
import { IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { KEY_ACTIONS, SERVICE_KEY_ACTIONS } from './permissions';

/** The customer's keys that a project's data is under, each once. */
export class Keys {
  private readonly keys: readonly IKey[];

  constructor(private readonly scope: Construct, keys: readonly (IKey | undefined)[]) {
    this.keys = [...new Set(keys.filter((key) => key !== undefined))];
  }

  /** Their ARNs. */
  get arns(): string[] {
    return this.keys.map((key) => key.keyArn);
  }

  /** Lets a role use them. */
  grant(grantee: IGrantable): void {
    this.keys.forEach((key) => key.grant(grantee, ...KEY_ACTIONS));
  }

  /** Lets a service put messages into a queue under `key`. A key that is not in the app has to allow it already: says so. */
  allowService(key: IKey | undefined, service: string): void {
    if (key === undefined) {
      return;
    }
    const principal = new ServicePrincipal(service, { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this.scope).account } } });
    const statement = new PolicyStatement({ principals: [principal], actions: SERVICE_KEY_ACTIONS, resources: ['*'] });
    if (!key.addToResourcePolicy(statement, true).statementAdded) {
      Annotations.of(this.scope).addWarningV2(`cdk-streaming-labeling:keyPolicy:${service}`,
        `encryptionKey is not of this app, so its policy cannot be changed here; it must have this statement: ${JSON.stringify(Stack.of(this.scope).resolve(statement.toStatementJson()))}`);
    }
  }
}
