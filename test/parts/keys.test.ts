import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { allows } from '../policy-evaluator';
import { ACCOUNT, FlatTemplate, REGION, newProject, newStack } from '../project-fixture';

const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/5b6e4c1e-0000-4000-8000-000000000000`;

describe('a key of the app', () => {
  const stack = newStack();
  newProject(stack, { encryptionKey: new Key(stack, 'Key') });
  const template = FlatTemplate.of(stack);
  const key = `<${template.find('AWS::KMS::Key', 'Key').id}.Arn>`;

  test('encrypts the queues, the topics and the ledger', () => {
    template.ofType('AWS::SQS::Queue').forEach(({ resource }) => expect(resource.Properties.KmsMasterKeyId).toBe(key));
    template.ofType('AWS::SNS::Topic').forEach(({ resource }) => expect(resource.Properties.KmsMasterKeyId).toBe(key));
    expect(template.ofType('AWS::DynamoDB::Table')[0].resource.Properties.SSESpecification).toEqual({
      KMSMasterKeyId: key, SSEEnabled: true, SSEType: 'KMS',
    });
  });

  test.each(['IntakeHandler', 'RecorderHandler', 'ControllerHandler', 'DeploymentHandler', 'ExecutionRole'])('may be used by %s', (role) => {
    ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt', 'kms:DescribeKey'].forEach((action) => {
      expect(allows(template.statementsOf(role), { action, resource: key })).toBe(true);
    });
  });

  test.each(['s3.amazonaws.com', 'sns.amazonaws.com'])('may be used by %s for this account, to fill the queues', (service) => {
    const statements = template.find('AWS::KMS::Key', 'Key').Properties.KeyPolicy.Statement;
    expect(statements).toContainEqual({
      Effect: 'Allow', Principal: { Service: service }, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
    });
  });

  test('is what Ground Truth writes with', () => {
    const resources = JSON.parse(template.find('AWS::Lambda::Function', 'Controller').Properties.Environment.Variables.PROJECT_RESOURCES);
    expect(resources.outputKmsKeyArn).toBe(key);
  });
});

describe('a key from elsewhere', () => {
  test.each(['s3.amazonaws.com', 'sns.amazonaws.com'])('needs a statement for %s: synthesis warns with it', (service) => {
    const stack = newStack();
    newProject(stack, { encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN) });
    FlatTemplate.of(stack);
    Annotations.fromStack(stack).hasWarning('/Stack/Project', Match.stringLikeRegexp(`^encryptionKey is not of this app.*"Service":"${service}".*keyPolicy`));
  });
});
