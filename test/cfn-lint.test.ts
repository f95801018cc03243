import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { GeoRestriction, PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ACCOUNT, agnosticStack, newApp, newProject } from './project-fixture';
import {
  FeatureEngineering, InstructionHosting, Instructions, InstructionsPipeline, InstructionsSource, Orchestration, ProcessingImage,
  RetainedLedger,
} from '../src';
import { isPythonMissing } from './support/emulator';
import { GROUND_TRUTH_ACCOUNTS } from '../src/contract/labeling-tasks';
import { Processes, run } from '../src/local/runner/processes';
import { pythonEnvironment } from '../src/local/runner/python';

/** The first run installs the tools. Milliseconds. */
const TIMEOUT = 300_000;

const CASES: { readonly [name: string]: (stack: Stack) => void } = {
  default: (stack) => {
    newProject(stack);
  },
  everything: (stack) => {
    const project = newProject(stack, {
      encryptionKey: new Key(stack, 'Key'),
      dropPrefix: 'camera-1/',
      architecture: Architecture.X86_64,
      removalPolicy: RemovalPolicy.DESTROY,
      featureEngineering: FeatureEngineering.none(),
      maxImages: 10,
    });
    const target = new SqsQueue(new Queue(stack, 'Queue'));
    project.onImageLabeled('Labeled', { target });
    project.onAlert('Alert', { target });
    Tags.of(stack).add('team', 'vision');
    newProject(stack, { projectName: 'second' }, 'Second');
  },
  pipeline: (stack) => {
    const scripts = path.join(__dirname, '../examples/typescript/processing-job/crop');
    newProject(stack, {
      featureEngineering: FeatureEngineering.processingJob({
        image: ProcessingImage.scikitLearn(), scriptDirectory: scripts, vpc: new Vpc(stack, 'Vpc'), volumeKey: new Key(stack, 'VolumeKey'),
      }),
      orchestration: Orchestration.sageMakerPipeline(),
    });
    newProject(stack, { projectName: 'second', orchestration: Orchestration.sageMakerPipeline() }, 'Second');
  },
  pushed: (stack) => {
    const project = newProject(stack, { instructions: Instructions.fromPipeline() });
    const source = InstructionsSource.s3({ bucket: new Bucket(stack, 'Texts', { versioned: true }), key: 'instructions.zip' });
    new InstructionsPipeline(stack, 'Push', { project, source, encryptionKey: new Key(stack, 'Key') });
    const other = newProject(stack, { projectName: 'second', instructions: Instructions.fromPipeline() }, 'Second');
    new InstructionsPipeline(stack, 'SecondPush', {
      project: other, source: InstructionsSource.codeCommit({ repository: Repository.fromRepositoryName(stack, 'Repository', 'labeling') }),
    });
  },
  site: (stack) => {
    newProject(stack, { instructionHosting: InstructionHosting.cloudFront() });
    const project = newProject(stack, {
      projectName: 'second', instructions: Instructions.fromPipeline(),
      instructionHosting: InstructionHosting.cloudFront({
        domainNames: ['instructions.example.com'],
        certificate: Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/0f0f0f0f-1111-2222-3333-444444444444`),
        webAclId: `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/office/0f0f0f0f-1111-2222-3333-444444444444`,
        priceClass: PriceClass.PRICE_CLASS_100,
        geoRestriction: GeoRestriction.allowlist('DE'),
        accessLogBucket: new Bucket(stack, 'Logs', { objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED }),
      }),
    }, 'Second');
    new InstructionsPipeline(stack, 'Push', {
      project, source: InstructionsSource.codeCommit({ repository: Repository.fromRepositoryName(stack, 'Repository', 'labeling') }),
    });
  },
  brought: (stack) => {
    newProject(stack, {
      dropBucket: Bucket.fromBucketName(stack, 'Drops', 'drops'),
      inputBucket: Bucket.fromBucketName(stack, 'Input', 'images'),
      outputBucket: Bucket.fromBucketName(stack, 'Output', 'labels'),
      inputTopic: new Topic(stack, 'InputTopic'),
      outputTopic: new Topic(stack, 'OutputTopic'),
      executionRole: Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/ground-truth`),
      retainedLedger: RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4d' }),
    });
  },
};

const suite = isPythonMissing() ? describe.skip : describe;
if (isPythonMissing()) {
  console.warn('NOT TESTED, because there is no Python 3.10 or later: cfn-lint on the templates');
}

suite('cfn-lint', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cfn-lint-'));
  const processes = new Processes();

  beforeAll(() => {
    for (const [name, define] of Object.entries(CASES)) {
      const stack = agnosticStack(newApp());
      define(stack);
      fs.writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(Template.fromStack(stack).toJSON()));
    }
  });

  afterAll(async () => {
    await processes.stopAll();
    fs.rmSync(folder, { recursive: true });
  });

  test('finds no error in any of the templates, in any Region', async () => {
    const python = await pythonEnvironment({ processes });
    const templates = Object.keys(CASES).map((name) => path.join(folder, `${name}.json`));
    const lint = (files: string[]) => run(processes, 'cfn-lint', python, [
      '-c', 'import cfnlint.runner, sys; sys.exit(cfnlint.runner.main())', '--non-zero-exit-code', 'error', '--format', 'parseable', '--regions', ...Object.keys(GROUND_TRUTH_ACCOUNTS), '--template', ...files,
    ]);
    await expect(lint(templates)).resolves.toEqual(expect.any(String));

    // and it would find one
    const wrong = JSON.parse(fs.readFileSync(templates[0], 'utf8').replace('"nodejs24.x"', '"nodejs4.x"'));
    fs.writeFileSync(path.join(folder, 'wrong.json'), JSON.stringify(wrong));
    await expect(lint([path.join(folder, 'wrong.json')])).rejects.toThrow(/nodejs4\.x/);
  }, TIMEOUT);
});
