import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Duration, Size, Stack } from 'aws-cdk-lib';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import { FeatureEngineering, Orchestration, ProcessingImage, ProcessingJobOptions, StreamingLabelingProjectProps } from '../../src';
import { definitionProblems } from '../../src/local/simulator';
import { allows } from '../policy-evaluator';
import { FlatTemplate, agnosticStack, newProject, newStack } from '../project-fixture';

const scripts = fs.mkdtempSync(path.join(os.tmpdir(), 'scripts-'));
fs.writeFileSync(path.join(scripts, 'main.py'), 'print("hello")\n');
afterAll(() => fs.rmSync(scripts, { recursive: true }));

const OPTIONS: ProcessingJobOptions = { image: ProcessingImage.pyTorch(), scriptDirectory: scripts };

function templateOf(props: Partial<StreamingLabelingProjectProps>, stack: Stack = newStack()): FlatTemplate {
  newProject(stack, props);
  return FlatTemplate.of(stack);
}

const processing = (options: Partial<ProcessingJobOptions> = {}): FeatureEngineering =>
  FeatureEngineering.processingJob({ ...OPTIONS, ...options });
const bodyOf = (template: FlatTemplate): string =>
  template.find('AWS::SageMaker::Pipeline', 'Pipeline').Properties.PipelineDefinition.PipelineDefinitionBody;
/** With the ARNs that functions get when they are deployed. */
const deployedBodyOf = (template: FlatTemplate): string => bodyOf(template).replace(/<(\w+)\.Arn>/g, 'arn:aws:lambda:eu-west-1:111122223333:function:$1');
const stepOf = (template: FlatTemplate): any => JSON.parse(bodyOf(template)).Steps[0].Arguments.ElseSteps[0];

describe('the pipeline', () => {
  test.each<[string, Partial<StreamingLabelingProjectProps>, string[]]>([
    ['processing', { featureEngineering: processing() }, ['HasBatch']],
    ['starts alone', { orchestration: Orchestration.sageMakerPipeline() }, ['StartLabeling']],
    ['both', { featureEngineering: processing(), orchestration: Orchestration.sageMakerPipeline() }, ['HasBatch']],
  ])('%s: its definition keeps to the rules of the published schema', (_name, props, steps) => {
    const template = templateOf(props);
    expect(definitionProblems(deployedBodyOf(template))).toEqual([]);
    expect(JSON.parse(bodyOf(template)).Steps.map((step: { Name: string }) => step.Name)).toEqual(steps);
    expect(template.find('AWS::SageMaker::Pipeline', 'Pipeline').Properties.PipelineName).toBe('parts-pipeline');
  });

  test('a project that does not ask for one has none, and no part of one', () => {
    const template = templateOf({});
    expect(template.ofType('AWS::SageMaker::Pipeline')).toEqual([]);
    expect(Object.keys(template.resources).filter((id) => /Pipeline|Registrar|Processing/.test(id))).toEqual([]);
    expect(template.allStatements().filter(({ Action }) => Action.some((action) => /Pipeline|Processing/.test(action)))).toEqual([]);
  });

  test('what takes in images has the memory and the settings of the intake, the controller too', () => {
    const template = templateOf({ featureEngineering: processing() });
    const of = (id: string): object => {
      const { MemorySize, Environment: { Variables } } = template.find('AWS::Lambda::Function', id).Properties;
      return { MemorySize, arenas: Variables.MALLOC_ARENA_MAX };
    };
    expect([of('Registrar'), of('ControllerHandler')]).toEqual(Array(2).fill({ MemorySize: 3008, arenas: '2' }));
    expect(of('IntakeHandler')).toEqual({ MemorySize: 3008, arenas: '2' });
  });

  test('every setting reaches the processing job', () => {
    const stack = newStack();
    const template = templateOf({
      featureEngineering: processing({
        arguments: ['--crop', '512'], environment: { MODEL: 'small' }, instanceType: new InstanceType('c5.2xlarge'), instanceCount: 3,
        volumeSize: Size.gibibytes(100), timeLimit: Duration.hours(2), batchSize: 200, batchWait: Duration.minutes(10),
        volumeKey: new Key(stack, 'VolumeKey'), vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }),
      }),
    }, stack);
    const { Arguments } = stepOf(template);
    expect(Arguments).toMatchObject({
      AppSpecification: {
        ImageUri: '763104351884.dkr.ecr.eu-west-1.<AWS::URLSuffix>/pytorch-training:2.3.0-cpu-py311', ContainerArguments: ['--crop', '512'],
        ContainerEntrypoint: ['/bin/sh', '-c', expect.stringContaining('zipfile'), '/opt/ml/processing/input/code', 'main.py'],
      },
      Environment: { MODEL: 'small', LABELING_DROPS: '/opt/ml/processing/input/drops', LABELING_OUTPUT: '/opt/ml/processing/output' },
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.c5.2xlarge', InstanceCount: { Get: 'Parameters.Instances' }, VolumeSizeInGB: 100 } },
      StoppingCondition: { MaxRuntimeInSeconds: 7_200 },
    });
    const inputs = Arguments.ProcessingInputs.map(({ InputName, S3Input }: any) =>
      [InputName, S3Input.S3DataType, S3Input.S3DataDistributionType]);
    expect(inputs).toEqual([
      ['code', 'S3Prefix', 'FullyReplicated'], ['batch', 'S3Prefix', 'FullyReplicated'], ['drops', 'ManifestFile', 'ShardedByS3Key'],
    ]);
    expect(Arguments.NetworkConfig.VpcConfig.Subnets).toHaveLength(2);
    expect(Arguments.NetworkConfig.VpcConfig.SecurityGroupIds).toHaveLength(1);
    expect(Arguments.ProcessingResources.ClusterConfig.VolumeKmsKeyId).toContain('VolumeKey');
    // nobody who reads the results may decrypt with the key of the disks
    expect(JSON.stringify(Arguments.ProcessingOutputConfig)).not.toContain('VolumeKey');
    expect(template.configuration().featureEngineering).toEqual({
      kind: 'processing', batchSize: 200, batchWaitSeconds: 600, instanceCount: 3, timeLimitSeconds: 7_200, definition: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('other code is another definition', () => {
    const before = templateOf({ featureEngineering: processing() }).configuration().featureEngineering.definition;
    expect(templateOf({ featureEngineering: processing() }).configuration().featureEngineering.definition).toBe(before);
    expect(templateOf({ featureEngineering: processing({ arguments: ['x'] }) }).configuration().featureEngineering.definition).not.toBe(before);
  });

  test.each<[string, (stack: Stack) => ProcessingImage, string]>([
    ['scikit-learn', () => ProcessingImage.scikitLearn(), '141502667606.dkr.ecr.eu-west-1.<AWS::URLSuffix>/sagemaker-scikit-learn:1.2-1-cpu-py3'],
    ['TensorFlow', () => ProcessingImage.tensorFlow(), '763104351884.dkr.ecr.eu-west-1.<AWS::URLSuffix>/tensorflow-training:2.16.2-cpu-py310'],
    ['an address', () => ProcessingImage.fromUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/mine:1'), '111122223333.dkr.ecr.eu-west-1.amazonaws.com/mine:1'],
    ['a repository', (stack) => ProcessingImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'mine'), 'v2'), '111122223333.dkr.ecr.eu-west-1.<AWS::URLSuffix>/mine:v2'],
  ])('runs %s, and may pull it', (_name, image, uri) => {
    const stack = newStack();
    const template = templateOf({ featureEngineering: processing({ image: image(stack) }) }, stack);
    expect(stepOf(template).Arguments.AppSpecification.ImageUri).toBe(uri);
    const [, account, , name] = /^(\d+)\.dkr\.ecr\.(.+?)\..*\/(.+):/.exec(uri)!;
    const resource = `arn:<AWS::Partition>:ecr:eu-west-1:${account}:repository/${name}`;
    expect(allows(template.statementsOf('ProcessingRole'), { action: 'ecr:BatchGetImage', resource })).toBe(true);
  });

  test('in a Region that is known only at deploy time the container\'s account is looked up', () => {
    const template = templateOf({ featureEngineering: processing({ image: ProcessingImage.scikitLearn() }) }, agnosticStack());
    expect(stepOf(template).Arguments.AppSpecification.ImageUri).toContain('<StreamingLabelingScikitLearn.<AWS::Region>.account>.dkr.ecr.<AWS::Region>');
  });
});

describe('least privilege', () => {
  const template = templateOf({ featureEngineering: processing() });
  const input = `<${template.find('AWS::S3::Bucket', 'InputBucket').id}.Arn>`;
  const chain = 'parts-<0 of <2 of <AWS::StackId> by /> by ->';

  test.each<[string, string, string, boolean]>([
    ['ProcessingRole', 's3:GetObject', `processing/${chain}/drops/a.jpg`, true],
    ['ProcessingRole', 's3:PutObject', `processing/${chain}/batches/000000001/output/a.jpg`, true],
    ['ProcessingRole', 's3:PutObject', `processing/${chain}/drops/a.jpg`, false],
    ['ProcessingRole', 's3:GetObject', 'images/a.jpg', false],
    ['ProcessingRole', 's3:PutObject', 'images/a.jpg', false],
    ['Registrar', 's3:GetObject', `processing/${chain}/batches/000000001/output/a.jpg`, true],
    ['Registrar', 's3:PutObject', 'images/a.jpg', true],
    ['IntakeHandler', 's3:PutObject', `processing/${chain}/drops/a.jpg`, true],
    ['ControllerHandler', 's3:PutObject', `processing/${chain}/batches/000000001/input/batch.json`, true],
    ['ControllerHandler', 's3:DeleteObjectVersion', `processing/${chain}/drops/a.jpg`, true],
    ['ControllerHandler', 's3:DeleteObjectVersion', `processing/${chain}/batches/a`, false],
  ])('%s: %s on %s: %p', (role, action, key, expected) => {
    expect(allows(template.statementsOf(role), { action, resource: `${input}/${key}` })).toBe(expected);
  });

  test('the pipeline hands on its job\'s role and no other; the network is nobody\'s business without a vpc', () => {
    const passed = template.statementsOf('PipelineRole').filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passed).toMatchObject([{
      Resource: [expect.stringContaining('ProcessingRole')], Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }]);
    expect(template.allStatements().flatMap(({ Action }) => Action).filter((action) => action.startsWith('ec2:') || action.includes('*'))
      .filter((action) => !action.startsWith('kms:'))).toEqual(expect.not.arrayContaining([expect.stringMatching(/^ec2:/)]));
  });

  test('the resource * stands only where the service knows no other', () => {
    const found = template.allStatements().filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
    expect([...new Set(found)].sort()).toEqual(['cloudwatch:PutMetricData', 'ecr:GetAuthorizationToken']);
  });
});

describe('wrong options', () => {
  test.each<[string, Partial<ProcessingJobOptions>, RegExp]>([
    ['a volume of no whole size, beside another mistake', { volumeSize: Size.mebibytes(1_500), instanceCount: 0 }, /instanceCount is 0[^]*volumeSize \(in GiB\) is 1\.46484375; it must be a whole number from/],
    ['instances', { instanceCount: 0 }, /instanceCount is 0; it must be a whole number from 1 to 100/],
    ['batches', { batchSize: 20_000 }, /batchSize is 20000; .* from 1 to 10000/],
    ['time', { timeLimit: Duration.days(2) }, /timeLimit is 172800 seconds/],
    ['script', { script: 'other.py' }, /script is 'other.py', which does not exist in scriptDirectory/],
    ['script without a directory', { scriptDirectory: undefined, script: 'main.py' }, /give the directory/],
    ['subnets without a network', { vpcSubnets: {} }, /need a vpc/],
    ['environment', { environment: { LABELING_DROPS: 'x' } }, /which the project sets itself/],
    ['a variable\'s name', { environment: { '1st': 'x' } }, /begin with a letter/],
  ])('%s', (_name, options, message) => {
    expect(() => processing(options)).toThrow(message);
  });

  test('a ready-made image needs a script; an address must be one of ECR', () => {
    expect(() => templateOf({ featureEngineering: processing({ scriptDirectory: undefined }) })).toThrow(/give scriptDirectory/);
    expect(() => templateOf({ featureEngineering: processing({ image: ProcessingImage.fromUri('python:3') }) })).toThrow(/must be an image in ECR/);
  });
});
