import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Instructions, InstructionsPipeline, InstructionsPipelineProps, InstructionsSource, LabelingTask, StreamingLabelingProjectProps } from '../../src';
import { assetPath } from '../../src/parts/project-function';
import { allows } from '../policy-evaluator';
import { BOXES, FlatTemplate, newApp, newProject, newStack } from '../project-fixture';

const CONNECTION = 'arn:aws:codeconnections:eu-west-1:111122223333:connection/0f0f0f0f-1111-2222-3333-444444444444';
const connection = (change: object = {}): InstructionsSource =>
  InstructionsSource.codeConnection({ connectionArn: CONNECTION, repository: 'team/labeling', folder: 'labeling/instructions', ...change });

function pipeline(
  stack: Stack, props: Partial<InstructionsPipelineProps> = {}, project: Partial<StreamingLabelingProjectProps> = {},
): InstructionsPipeline {
  return new InstructionsPipeline(stack, 'Push', {
    project: props.project ?? newProject(stack, { instructions: Instructions.fromPipeline(), ...project }), source: connection(), ...props,
  });
}

function synth(
  source: (stack: Stack) => InstructionsSource = () => connection(), props: Partial<InstructionsPipelineProps> = {}, project = {},
): FlatTemplate {
  const stack = newStack();
  pipeline(stack, { source: source(stack), ...props }, project);
  return FlatTemplate.of(stack);
}

const template = synth();
const NAME = 'parts-<0 of <2 of <AWS::StackId> by /> by ->-instructions';
const ARN = `arn:<AWS::Partition>:codepipeline:eu-west-1:111122223333:${NAME}`;
const definition = (of = template) => of.find('AWS::CodePipeline::Pipeline', 'Push').Properties;
const actionOf = (name: string, of = template) =>
  definition(of).Stages.flatMap(({ Actions }: any) => Actions).find(({ Name }: any) => Name === name);

const messageOf = (act: () => unknown): string => {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the pipeline', () => {
  test('takes, lints and publishes, and a later push overtakes', () => {
    expect(definition()).toMatchObject({ Name: NAME, PipelineType: 'V2', ExecutionMode: 'SUPERSEDED', RestartExecutionOnUpdate: true });
    expect(definition().Stages.map(({ Name, Actions }: any) => [Name, Actions.map((each: any) => each.ActionTypeId.Provider)])).toEqual([
      ['Source', ['CodeStarSourceConnection', 'S3']], ['Lint', ['CodeBuild']], ['Publish', ['Lambda']],
    ]);
    expect(JSON.parse(actionOf('Publish').Configuration.UserParameters)).toEqual({
      pipeline: NAME, execution: '#{codepipeline.PipelineExecutionId}', revision: '#{Source.CommitId}', task: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(actionOf('Publish').InputArtifacts).toEqual(actionOf('Lint').OutputArtifacts);
  });

  test('is made after the configuration is in force', () => {
    expect(template.find('AWS::CodePipeline::Pipeline', 'Push').DependsOn).toContain(template.find('Custom::StreamingLabelingDeployment', '').id);
  });

  test('runs again when the task changes, and for nothing else', () => {
    const hash = (task: LabelingTask, project = {}) =>
      JSON.parse(actionOf('Publish', synth(undefined, {}, { task, ...project })).Configuration.UserParameters).task;
    const before = hash(LabelingTask.boundingBox(BOXES));
    expect(hash(LabelingTask.boundingBox(BOXES), { window: 7 })).toBe(before);
    expect(hash(LabelingTask.boundingBox({ ...BOXES, labels: [...BOXES.labels, { name: 'bolt' }] }))).not.toBe(before);
  });

  test('keeps what its stages hand on private, encrypted and for a while', () => {
    const { Properties } = template.find('AWS::S3::Bucket', 'PushArtifacts');
    expect(Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      },
      BucketEncryption: expect.anything(),
      LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 90 })] },
    });
    const policy = template.find('AWS::S3::BucketPolicy', 'PushArtifacts').Properties.PolicyDocument.Statement;
    expect(policy).toContainEqual(expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
  });
});

describe('sources', () => {
  test('a connection', () => {
    expect(actionOf('Source').Configuration).toEqual({
      ConnectionArn: CONNECTION, FullRepositoryId: 'team/labeling', BranchName: 'main', OutputArtifactFormat: 'CODE_ZIP', DetectChanges: true,
    });
    expect(template.statementsOf('PushRole')).toContainEqual(expect.objectContaining({
      Action: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'], Resource: [CONNECTION],
    }));
  });

  test('CodeCommit, which a push to the branch starts', () => {
    const of = synth((stack) => InstructionsSource.codeCommit({ repository: Repository.fromRepositoryName(stack, 'Repository', 'labeling'), branch: 'live' }));
    expect(actionOf('Source', of).Configuration).toEqual({ RepositoryName: 'labeling', BranchName: 'live', PollForSourceChanges: false });
    const rule = of.find('AWS::Events::Rule', 'PushPushed').Properties;
    expect(rule.EventPattern).toMatchObject({ source: ['aws.codecommit'], detail: { referenceName: ['live'], referenceType: ['branch'] } });
    expect(rule.Targets).toEqual([expect.objectContaining({ Arn: ARN })]);
    const role = rule.Targets[0].RoleArn.replace(/<|\.Arn>/g, '');
    expect(of.statementsOf(role)).toEqual([expect.objectContaining({ Action: ['codepipeline:StartPipelineExecution'], Resource: [ARN] })]);
  });

  test('a zip file, which a new version of it starts', () => {
    const of = synth((stack) => InstructionsSource.s3({
      bucket: new Bucket(stack, 'Texts', { versioned: true, encryptionKey: new Key(stack, 'Key') }), key: 'a/instructions.zip',
    }));
    const bucket = of.find('AWS::S3::Bucket', 'Texts').id;
    expect(actionOf('Source', of).Configuration).toEqual({ S3Bucket: `<${bucket}>`, S3ObjectKey: 'a/instructions.zip', PollForSourceChanges: false });
    expect(JSON.parse(actionOf('Publish', of).Configuration.UserParameters).revision).toBe('#{Source.VersionId}');
    expect(of.find('AWS::Events::Rule', 'PushPushed').Properties.EventPattern).toMatchObject({
      'source': ['aws.s3'], 'detail-type': ['Object Created'], 'detail': { bucket: { name: [`<${bucket}>`] }, object: { key: ['a/instructions.zip'] } },
    });
    const statements = of.statementsOf('PushRole');
    expect(allows(statements, { action: 's3:GetObjectVersion', resource: `<${bucket}.Arn>/a/instructions.zip` })).toBe(true);
    expect(allows(statements, { action: 's3:GetObject', resource: `<${bucket}.Arn>/b` })).toBe(false);
    expect(statements.filter(({ Action }) => Action.includes('kms:Decrypt'))).toHaveLength(1);
  });
});

describe('least privilege', () => {
  const artifacts = `<${template.find('AWS::S3::Bucket', 'PushArtifacts').id}.Arn>`;
  const output = `<${template.find('AWS::S3::Bucket', 'OutputBucket').id}.Arn>`;
  const ledger = `<${template.find('AWS::DynamoDB::Table', 'Ledger').id}.Arn>`;
  const handler = `<${template.find('AWS::Lambda::Function', 'PushedInstructionsHandler').id}.Arn>`;
  const lint = `<${template.find('AWS::CodeBuild::Project', 'PushLint').id}.Arn>`;

  test('no role has a wildcard for an action or a managed policy, and the resource * only where there is no other', () => {
    expect(template.allStatements().flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(template.ofType('AWS::IAM::Role').filter(({ resource }) => resource.Properties.ManagedPolicyArns)).toEqual([]);
    const all = template.allStatements().filter(({ Resource }) => Resource.includes('*')).map(({ Action }) => Action);
    expect(all.sort()).toEqual([
      ['cloudwatch:PutMetricData'], ['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'], ['lambda:ListFunctions'],
    ]);
  });

  test.each<[string, string, string]>([
    ['PushRole', 's3:PutObject', `${artifacts}/a`], ['PushRole', 'codebuild:StartBuild', lint], ['PushRole', 'lambda:InvokeFunction', handler],
    ['PushLintRole', 's3:GetObjectVersion', `${artifacts}/a`], ['PushLintRole', 's3:PutObject', `${artifacts}/a`],
    ['PushedInstructionsHandler', 's3:GetObject', `${artifacts}/a`], ['PushedInstructionsHandler', 's3:PutObject', `${output}/config/a`],
    ['PushedInstructionsHandler', 'dynamodb:PutItem', ledger], ['PushedInstructionsHandler', 'codepipeline:ListPipelineExecutions', ARN],
  ])('%s: %s on %s', (role, action, resource) => {
    expect(allows(template.statementsOf(role), { action, resource })).toBe(true);
  });

  test.each<[string, string, string]>([
    ['PushRole', 's3:PutObject', `${output}/config/a`], ['PushRole', 'iam:PassRole', handler], ['PushRole', 'dynamodb:PutItem', ledger],
    ['PushLintRole', 's3:PutObject', `${output}/config/a`], ['PushLintRole', 'lambda:InvokeFunction', handler], ['PushLintRole', 's3:DeleteObject', `${artifacts}/a`],
    ['PushedInstructionsHandler', 's3:PutObject', `${output}/jobs/a`], ['PushedInstructionsHandler', 's3:PutObject', `${artifacts}/a`],
    ['PushedInstructionsHandler', 'sagemaker:CreateLabelingJob', 'x'],
  ])('%s: not %s on %s', (role, action, resource) => {
    expect(allows(template.statementsOf(role), { action, resource })).toBe(false);
  });

  test('a key of the user is usable by the three, and named to the pipeline', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    pipeline(stack, { encryptionKey });
    const of = FlatTemplate.of(stack);
    ['PushRole', 'PushLintRole', 'PushedInstructionsHandler'].forEach((role) => {
      expect(of.statementsOf(role).some(({ Action }) => Action.includes('kms:Decrypt'))).toBe(true);
    });
    expect(definition(of).ArtifactStore.EncryptionKey).toEqual({ Id: expect.stringContaining('Key'), Type: 'KMS' });
  });
});

describe('the lint', () => {
  let source: string;
  let tool: string;
  beforeEach(() => {
    source = fs.mkdtempSync(path.join(os.tmpdir(), 'push-'));
    fs.mkdirSync(path.join(source, 'labeling', 'instructions'), { recursive: true });
    // as the artifact is unpacked: the asset alone, and nothing of the package around it
    tool = path.join(source, 'src', 'tool');
    fs.cpSync(assetPath('cli'), tool, { recursive: true });
  });
  afterEach(() => fs.rmSync(source, { recursive: true }));

  const specification = (of = template) => JSON.parse(of.find('AWS::CodeBuild::Project', 'PushLint').Properties.Source.BuildSpec);

  /** Runs the commands of the build as CodeBuild does: in one shell, with the tool in a folder of its own. */
  function build(text: string, of = template): { readonly status: number | null; readonly log: string } {
    fs.writeFileSync(path.join(source, 'labeling', 'instructions', 'full.md'), text);
    const script = ['set -e', ...specification(of).phases.build.commands].join('\n');
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], {
      cwd: source, env: { PATH: process.env.PATH, TMPDIR: source, CODEBUILD_SRC_DIR_Tool: tool }, encoding: 'utf8',
    });
    return { status, log: stdout + stderr };
  }

  test('passes a good folder, with labels that no shell likes, and hands on that folder alone', () => {
    const labels = [{ name: "it's $HOME `id`" }, { name: 'a,b "c" \\' }];
    const of = synth(undefined, {}, { task: LabelingTask.boundingBox({ ...BOXES, title: "Don't; $(exit 1)", labels }) });
    expect(build('Draw *tight* boxes.', of)).toEqual({ status: 0, log: expect.stringContaining('nothing is wrong') });
    expect(specification(of).artifacts).toEqual({ 'base-directory': 'labeling/instructions', 'files': ['**/*'] });
  });

  test('fails for a mistake, with file, line and column in its log', () => {
    const { status, log } = build('# Boxes\n\n![Good](good.jpg)');
    expect(status).toBe(1);
    expect(log).toContain("labeling/instructions/full.md:3:9: error: there is no example image 'good.jpg'");
  });

  test('fails for a warning where that is asked for', () => {
    expect(build('So <b>tight</b>').status).toBe(0);
    expect(build('So <b>tight</b>', synth(undefined, { strict: true })).status).toBe(1);
  });

  test('the tool knows its version without the package around it', () => {
    const { status, stdout } = spawnSync(process.execPath, [path.join(tool, 'index.js'), '--version'], { cwd: source, encoding: 'utf8' });
    const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '../../package.json'), 'utf8'));
    expect({ status, version: stdout.trim() }).toEqual({ status: 0, version });
  });

  test('downloads nothing: no install phase, the tool is an input, the image is not privileged', () => {
    const { phases } = specification();
    expect(Object.keys(phases)).toEqual(['build']);
    expect(JSON.stringify(phases)).not.toMatch(/npm|npx|curl|https?:/);
    expect(actionOf('Lint')).toMatchObject({ Configuration: { PrimarySource: 'Source' }, InputArtifacts: [{ Name: 'Source' }, { Name: 'Tool' }] });
    expect(template.find('AWS::CodeBuild::Project', 'PushLint').Properties.Environment.PrivilegedMode).toBe(false);
  });
});

describe('one owner', () => {
  test('a project whose deploys own its instructions takes no pipeline', () => {
    const stack = newStack();
    expect(messageOf(() => pipeline(stack, { project: newProject(stack) })))
      .toBe("InstructionsPipeline 'Stack/Push': project 'Stack/Project' takes its instructions from its deploys, and they have one owner; give it instructions: Instructions.fromPipeline()");
  });

  test('a project takes one pipeline', () => {
    const stack = newStack();
    const project = newProject(stack, { instructions: Instructions.fromPipeline() });
    pipeline(stack, { project });
    expect(messageOf(() => new InstructionsPipeline(stack, 'Other', { project, source: connection() })))
      .toContain("project 'Stack/Project' has the pipeline 'Stack/Push' already, and instructions have one owner");
  });

  test('a project that waits for pushes needs a pipeline', () => {
    const app: App = newApp();
    newProject(newStack(undefined, app), { instructions: Instructions.fromPipeline() });
    expect(messageOf(() => app.synth())).toContain('nothing pushes to this project: add a new InstructionsPipeline(...)');
  });

  test('a pipeline in another stack is refused', () => {
    const app = newApp();
    const project = newProject(newStack(undefined, app), { instructions: Instructions.fromPipeline() });
    const other = new Stack(app, 'Other', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(messageOf(() => pipeline(other, { project }))).toContain("project is in stack 'Stack'; put the pipeline into the same stack");
  });

  test('until the first push workers see what is deployed', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'until-'));
    fs.writeFileSync(path.join(folder, 'full.md'), 'x');
    const of = synth(undefined, {}, { instructions: Instructions.fromPipeline({ untilFirstPush: Instructions.fromDirectory(folder) }) });
    fs.rmSync(folder, { recursive: true });
    expect(of.configuration().instructions).toEqual({ owner: 'PIPELINE', version: expect.stringContaining('.Version>') });
    expect(template.configuration()).toMatchObject({ instructions: { owner: 'PIPELINE' }, task: { template: expect.stringContaining('crowd-bounding-box') } });
    expect(messageOf(() => Instructions.fromPipeline({ untilFirstPush: Instructions.fromPipeline() }))).toContain('untilFirstPush is Instructions.fromPipeline() itself');
  });

  test('a custom task has to say what workers see until then', () => {
    const stack = newStack();
    const fn = LambdaFunction.fromFunctionArn(stack, 'F', 'arn:aws:lambda:eu-west-1:111122223333:function:f');
    expect(messageOf(() => newProject(stack, {
      task: LabelingTask.custom({ title: 't', description: 'd', preFunction: fn, postFunction: fn }), instructions: Instructions.fromPipeline(),
    }))).toContain('LabelingTask.custom has no built-in page');
  });
});

test.each<[string, (stack: Stack) => InstructionsSource, string]>([
  ['a folder that leads out', () => connection({ folder: '../x' }), "source: folder is '../x'; it must be a path of letters"],
  ['a folder for a shell', () => connection({ folder: 'a";id;"' }), "source: folder is 'a\";id;\"'; it must be a path of letters"],
  ['a folder with a slash at its end', () => connection({ folder: 'a/' }), "source: folder is 'a/'"],
  ['no connection', () => connection({ connectionArn: 'github' }), "source: connectionArn is 'github'; it must be the ARN of a connection"],
  ['a repository without its owner', () => connection({ repository: 'labeling' }), "source: repository is 'labeling'; it must have its owner"],
  ['a pattern of branches', () => connection({ branch: 'release/*' }), "source: branch is 'release/*'; it must be the name of one branch"],
  ['no zip file', (stack) => InstructionsSource.s3({ bucket: Bucket.fromBucketName(stack, 'B', 'texts'), key: 'x.tar' }), "source: key is 'x.tar'; it must be the key of a zip file"],
  ['a bucket without versions', (stack) => InstructionsSource.s3({ bucket: new Bucket(stack, 'B'), key: 'x.zip' }), 'source: bucket is not versioned, which CodePipeline needs; make it with versioned: true'],
  ['a repository elsewhere', (stack) => InstructionsSource.codeCommit({ repository: Repository.fromRepositoryArn(stack, 'R', 'arn:aws:codecommit:us-east-1:111122223333:r') }), "it must be in the stack's account and Region"],
])('%s is refused when one synthesizes', (_name, source, expected) => {
  const stack = newStack();
  expect(messageOf(() => pipeline(stack, { source: source(stack) }))).toContain(expected);
});
