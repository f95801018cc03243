import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { newApp, newProject, newStack } from './project-fixture';
import { InstructionHosting, Instructions, InstructionsPipeline, InstructionsSource, StreamingLabelingProjectProps } from '../src';

/**
 * What the AwsSolutions pack finds and what speaks for it. aws-cdk-lib can acknowledge no finding whose id has the partition in it, so
 * that these are listed here.
 */
const ACCEPTED: readonly { readonly finding: RegExp; readonly because: string }[] = [
  { finding: /Bucket[0-9A-F]{8}\.Arn>\/((images|originals|quarantine|jobs|manifests|config|datasets|datasets\/foreign)\/)?\*\]$/, because: 'objects below a prefix of ours' },
  { finding: /SiteBucket[0-9A-F]{8}\.Arn>\/(\*\/index\.html|styles\/\*)\]$/, because: 'pages of versions, and their style' },
  { finding: /:(labeling-job\/|GroundTruth-)parts-.*-\*\]$/, because: 'jobs of this chain and their queues, which do not exist yet' },
  { finding: /<ProjectStream(Input|Output)Topic[0-9A-F]{8}>:\*\]$/, because: 'subscriptions of a topic: their ARNs continue its own' },
  { finding: /log-group:\/aws\/sagemaker\/(LabelingJobs|groundtruth\/WorkerActivity):\*\]$/, because: 'streams of the log groups of Ground Truth' },
  { finding: /<PushArtifacts[0-9A-F]{8}\.Arn>\/\*\]$/, because: 'what the stages of one pipeline hand on' },
  { finding: /^AwsSolutions-IAM5\[Resource::\*\]$/, because: 'cloudwatch:PutMetricData, answers to jobs of CodePipeline, and lambda:ListFunctions know no resource' },
  { finding: /^AwsSolutions-IAM5\[Action::kms:(GenerateDataKey|ReEncrypt)\*\]$/, because: 'the families of actions that KMS documents for users of a key' },
];

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

function findings(app: App): string[] {
  const exitCode = process.exitCode;
  try {
    app.synth();
  } catch {
    // newer versions of aws-cdk-lib throw where a plugin finds something; the report is written all the same
  } finally {
    process.exitCode = exitCode;
  }
  const report: Report = JSON.parse(fs.readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}

const PIPELINE = InstructionsSource.codeConnection({
  connectionArn: 'arn:aws:codeconnections:eu-west-1:111122223333:connection/0f0f0f0f-1111-2222-3333-444444444444', repository: 'team/labeling',
});

test.each<[string, (stack: ReturnType<typeof newStack>) => Partial<StreamingLabelingProjectProps>]>([
  ['a default project', () => ({})],
  ['a project with a key', (stack) => ({ encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }) })],
  ['a project with a site', () => ({ instructionHosting: InstructionHosting.cloudFront() })],
  ['a project with a site and a pipeline', () => ({ instructionHosting: InstructionHosting.cloudFront(), instructions: Instructions.fromPipeline() })],
  ['a project with a pipeline', () => ({ instructions: Instructions.fromPipeline() })],
])('cdk-nag finds nothing in %s that is not argued for', (_, props) => {
  const log = jest.spyOn(console, 'log').mockImplementation();
  const error = jest.spyOn(console, 'error').mockImplementation();
  const app = newApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = newStack(undefined, app);
  const given = props(stack);
  const project = newProject(stack, given);
  if (given.instructions !== undefined) {
    new InstructionsPipeline(stack, 'Push', { project, source: PIPELINE });
  }
  const found = findings(app);
  log.mockRestore();
  error.mockRestore();
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter((each) => !ACCEPTED.some(({ finding }) => finding.test(each)))).toEqual([]);
});
