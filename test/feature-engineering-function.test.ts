import { Aws, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, FunctionProps, IFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { allows } from './policy-evaluator';
import { FlatTemplate, newProject, newStack } from './project-fixture';
import { FeatureEngineering, FromFunctionOptions, SharpLayer, StreamingLabelingProjectProps } from '../src';

function newFunction(stack: Stack, props: Partial<FunctionProps> = {}): LambdaFunction {
  return new LambdaFunction(stack, 'Crop', {
    code: Code.fromInline('def handler(request, _context): ...'), handler: 'index.handler', runtime: Runtime.PYTHON_3_13, timeout: Duration.minutes(1), ...props,
  });
}

function synth(
  options: FromFunctionOptions = {}, fn: (stack: Stack) => IFunction = newFunction,
  props: (stack: Stack) => Partial<StreamingLabelingProjectProps> = () => ({}),
): { stack: Stack; template: FlatTemplate } {
  const stack = newStack();
  newProject(stack, { featureEngineering: FeatureEngineering.fromFunction(fn(stack), options), dropPrefix: 'camera-1/', ...props(stack) });
  return { stack, template: FlatTemplate.of(stack) };
}

const { template } = synth();
const arn = (type: string, word: string, of = template) => `<${of.find(type, word).id}.Arn>`;
const drops = arn('AWS::S3::Bucket', 'DropBucket');
const input = arn('AWS::S3::Bucket', 'InputBucket');
const fn = template.find('AWS::Lambda::Function', 'Crop');
const statements = (of: FlatTemplate, role: string) => of.statementsOf(role);

test('the intake gives it one drop at a time, and knows where it is', () => {
  const handler = template.find('AWS::Lambda::Function', 'IntakeHandler');
  expect(handler.Properties.Environment.Variables.PROJECT_HOOK_FUNCTION).toBe(`<${fn.id}.Arn>`);
  const source = template.ofType('AWS::Lambda::EventSourceMapping').map(({ resource }) => resource.Properties).find(({ FunctionName }) => FunctionName.includes('Intake'));
  expect(source).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 20 } });
  const { Configuration } = template.ofType('Custom::StreamingLabelingDeployment')[0].resource.Properties;
  expect(JSON.parse(Configuration).featureEngineering).toEqual({ kind: 'function', anyFile: false });
});

test.each<[string, string, string, boolean]>([
  ['IntakeHandler', 'lambda:InvokeFunction', `<${fn.id}.Arn>`, true],
  ['IntakeHandler', 's3:GetObject', `${input}/staging/0a/1/0.jpg`, true],
  ['IntakeHandler', 's3:DeleteObjectVersion', `${input}/staging/0a/1/0.jpg`, true],
  ['IntakeHandler', 's3:DeleteObjectVersion', `${input}/images/0.jpg`, false],
  ['IntakeHandler', 's3:PutObject', `${input}/staging/0a/1/0.jpg`, false],
  ['Crop', 's3:GetObjectVersion', `${drops}/camera-1/a.jpg`, true],
  ['Crop', 's3:GetObject', `${drops}/camera-2/a.jpg`, false],
  ['Crop', 's3:GetObject', `${input}/quarantine/0a/a.jpg`, true],
  ['Crop', 's3:GetObject', `${input}/images/a.jpg`, false],
  ['Crop', 's3:PutObject', `${input}/staging/0a/1/0.jpg`, true],
  ['Crop', 's3:PutObject', `${input}/images/0.jpg`, false],
  ['Crop', 's3:DeleteObject', `${input}/staging/0a/1/0.jpg`, false],
  ['Crop', 's3:ListBucket', input, false],
])('%s: %s on %s: %s', (role, action, resource, allowed) => {
  expect(allows(statements(template, role), { action, resource, context: {} })).toBe(allowed);
});

test('what it leaves behind goes after a day; where nobody has a function, there is no such rule and no such permission', () => {
  const rules = (of: FlatTemplate) => of.find('AWS::S3::Bucket', 'InputBucket').Properties.LifecycleConfiguration.Rules;
  expect(rules(template)).toContainEqual({ Id: 'ExpireStaged', Prefix: 'staging/', ExpirationInDays: 1, Status: 'Enabled' });
  const stack = newStack();
  newProject(stack);
  const without = FlatTemplate.of(stack);
  expect(rules(without)).toHaveLength(1);
  expect(JSON.stringify(without.resources)).not.toContain('staging/');
});

test('it may use the keys of the buckets, and no more of them than that takes', () => {
  const { template: encrypted } = synth({}, newFunction, (stack) => ({ encryptionKey: new Key(stack, 'Key') }));
  const key = arn('AWS::KMS::Key', 'Key', encrypted);
  expect(statements(encrypted, 'Crop').filter(({ Resource }) => Resource.includes(key)).map(({ Action }) => Action)).toEqual([['kms:Decrypt', 'kms:GenerateDataKey']]);
});

test('a brought function whose role is not in the app is left as it is, and the exact policy is told', () => {
  const { stack, template: brought } = synth({}, (scope) => LambdaFunction.fromFunctionArn(scope, 'Crop', `arn:${Aws.PARTITION}:lambda:eu-west-1:111122223333:function:crop`), (scope) => ({
    dropBucket: Bucket.fromBucketName(scope, 'Drops', 'drops'), inputBucket: Bucket.fromBucketName(scope, 'Input', 'input'),
  }));
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
  expect(warnings.join('\n')).toContain('s3:GetObjectVersion');
  expect(warnings.join('\n')).toContain('staging/*');
  expect(brought.find('AWS::Lambda::Function', 'IntakeHandler').Properties.Environment.Variables.PROJECT_HOOK_FUNCTION).toContain(':function:crop');
});

test('a function without a time-out gets a warning: three seconds are not meant', () => {
  const { stack } = synth({}, (scope) => newFunction(scope, { timeout: undefined }));
  expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('no timeout, which means 3 seconds'))).toHaveLength(1);
});

describe('concurrency', () => {
  const concurrency = (options: FromFunctionOptions, reserved?: number) => {
    const { template: made } = synth(options, (stack) => newFunction(stack, { reservedConcurrentExecutions: reserved }));
    return made.ofType('AWS::Lambda::EventSourceMapping').map(({ resource }) => resource.Properties).find(({ FunctionName }) => FunctionName.includes('Intake'))!.ScalingConfig.MaximumConcurrency;
  };

  test.each<[FromFunctionOptions, number | undefined, number]>([[{}, undefined, 20], [{}, 5, 5], [{}, 1, 2], [{}, 100, 20], [{ maxConcurrency: 50 }, 50, 50]])('%j with a reserve of %s: %i', (options, reserved, wanted) => {
    expect(concurrency(options, reserved)).toBe(wanted);
  });

  test.each<[FromFunctionOptions, number | undefined, string]>([
    [{ maxConcurrency: 1 }, undefined, 'maxConcurrency is 1; it must be a whole number from 2 to 1000'],
    [{ maxConcurrency: 6 }, 5, 'maxConcurrency is 6; the function has a reserved concurrency of 5'],
  ])('%j with a reserve of %s is refused', (options, reserved, says) => {
    expect(() => concurrency(options, reserved)).toThrow(says);
  });

  test('what is known only at deploy time passes', () => {
    const { template: made } = synth({ maxConcurrency: Lazy.number({ produce: () => 7 }) });
    expect(made.ofType('AWS::Lambda::EventSourceMapping').map(({ resource }) => resource.Properties.ScalingConfig?.MaximumConcurrency)).toContain(7);
  });
});

test('a time-out for which the intake cannot wait is refused', () => {
  expect(() => synth({}, (stack) => newFunction(stack, { timeout: Duration.minutes(4) }))).toThrow("the function's timeout is 240 seconds; it must be at most 180");
});

test('a function in another Region is refused', () => {
  expect(() => synth({}, (stack) => LambdaFunction.fromFunctionArn(stack, 'Crop', 'arn:aws:lambda:us-east-1:111122223333:function:crop')))
    .toThrow("featureEngineering: the function is in Region 'us-east-1'; it must be in the stack's Region 'eu-west-1'");
});

test('the layer with sharp is that of the project itself', () => {
  const { template: layered } = synth({}, (stack) => newFunction(stack, {
    runtime: Runtime.NODEJS_24_X, architecture: Architecture.ARM_64, layers: [new SharpLayer(stack, 'Sharp')],
  }));
  const layers = layered.ofType('AWS::Lambda::LayerVersion').map(({ resource }) => resource.Properties);
  expect(layers).toHaveLength(2);
  expect(layers[0]).toEqual(layers[1]);
  expect(() => new SharpLayer(newStack(), 'Sharp', { architecture: Architecture.custom('riscv') })).toThrow("architecture is 'riscv'; it must be Architecture.ARM_64 or Architecture.X86_64");
});
