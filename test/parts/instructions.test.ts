import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CfnParameter } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { InstructionRollOut, Instructions, LabelingTask, StreamingLabelingProjectProps } from '../../src';
import { PREFIX } from '../../src/contract/environment';
import { BOXES, FlatTemplate, Statement, newProject, newStack } from '../project-fixture';

const JPEG = fs.readFileSync(path.join(__dirname, '../../examples/photos/table/coffee.jpg'));
/** The same with a remark in it. */
const REMARKED = Buffer.concat([JPEG.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 3, 0x78]), JPEG.subarray(2)]);
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
const PAGE = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n<crowd-form>\n'
  + '  <crowd-bounding-box name="boundingBox" src="{{ task.input.taskObject | grant_read_access }}" header="h" labels="{{ task.input.labels | to_json | escape }}">\n'
  + '    <full-instructions header="i">x</full-instructions><short-instructions><img src="good.jpg"></short-instructions>\n  </crowd-bounding-box>\n</crowd-form>\n';

let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'instructions-')); });
afterEach(() => fs.rmSync(folder, { recursive: true }));

function write(files: { readonly [name: string]: string | Buffer }): string {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

function synth(props: Partial<StreamingLabelingProjectProps>): FlatTemplate {
  const stack = newStack();
  newProject(stack, props);
  return FlatTemplate.of(stack);
}

const messageOf = (act: () => unknown): string => {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message.replaceAll(folder, 'DIR');
  }
};

const FOLDER = { 'full.md': '# Boxes\n\n![Good](good.jpg)', 'images/good.jpg': JPEG, 'images/more/bad one.png': PNG };

describe('a folder of instructions', () => {
  test('is handed to its function with the task; the configuration says which version came of it', () => {
    const template = synth({ instructions: Instructions.fromDirectory(write(FOLDER)) });
    const resource = template.find('Custom::StreamingLabelingInstructions', '');
    expect(JSON.parse(resource.Properties.Request)).toEqual({
      source: { kind: 'archive', bucket: expect.any(String), key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/) },
      task: expect.objectContaining({ type: 'BoundingBox', title: 'Parts', labels: [{ name: 'screw' }, { name: 'nut' }] }),
    });
    const { task, instructions } = template.configuration();
    expect(instructions).toEqual({ owner: 'DEPLOY', version: `<${resource.id}.Version>` });
    expect(task).not.toHaveProperty('template');
  });

  test('is read by a function that may read this one archive, and write nothing but below config/', () => {
    const template = synth({ instructions: Instructions.fromDirectory(write(FOLDER)) });
    const { source } = JSON.parse(template.find('Custom::StreamingLabelingInstructions', '').Properties.Request);
    const output = template.find('AWS::S3::Bucket', 'OutputBucket').id;
    const objects = template.statementsOf('InstructionsHandler').filter(({ Action }: Statement) => Action.some((action) => action.startsWith('s3:')));
    expect(objects.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['s3:GetObject', 's3:GetObjectVersion'], [`arn:<AWS::Partition>:s3:::${source.bucket}/${source.key}`]],
      [['s3:AbortMultipartUpload', 's3:PutObject'], [`<${output}.Arn>/${PREFIX.CONFIG}*`]],
    ]);
    expect(template.allStatements().flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('is another asset when what matters in it changes, and no other when something else does', () => {
    const key = () => JSON.parse(synth({ instructions: Instructions.fromDirectory(folder) }).find('Custom::StreamingLabelingInstructions', '').Properties.Request).source.key;
    write(FOLDER);
    const before = key();
    write({ 'README.txt': 'x', '.DS_Store': 'x', 'images/.DS_Store': 'x', 'drafts/full.md': 'x' });
    expect(key()).toBe(before);
    write({ 'images/good.jpg': REMARKED });
    const changed = key();
    expect(changed).not.toBe(before);
    write({ 'short.md': 'x' });
    expect(key()).not.toBe(changed);
  });

  test('may be a whole page', () => {
    expect(() => synth({ instructions: Instructions.fromDirectory(write({ 'template.liquid.html': PAGE, 'images/good.jpg': JPEG })) })).not.toThrow();
  });

  test('may write out a label that is known only at deploy time', () => {
    const page = PAGE.replace('{{ task.input.labels | to_json | escape }}', "['bubble', 'foam']");
    const instructions = Instructions.fromDirectory(write({ 'template.liquid.html': page, 'images/good.jpg': JPEG }), { strict: true });
    const stack = newStack();
    const late = new CfnParameter(stack, 'Label').valueAsString;
    const task = (name: string): LabelingTask => LabelingTask.boundingBox({ ...BOXES, labels: [{ name }, { name: 'foam' }] });
    expect(() => newProject(stack, { instructions, task: task(late) })).not.toThrow();
    expect(messageOf(() => synth({ instructions, task: task('wave') }))).toContain("labels has 'bubble', which the task does not know");
  });

  test('warns of what is probably not meant, and fails for it where that is asked for', () => {
    write({ 'full.md': 'So <b>tight</b>.' });
    const stack = newStack();
    newProject(stack, { instructions: Instructions.fromDirectory(folder) });
    expect(Annotations.fromStack(stack).findWarning('/Stack/Project', Match.stringLikeRegexp('full\\.md:1:4: warning: <b> is HTML'))).toHaveLength(1);
    expect(messageOf(() => synth({ instructions: Instructions.fromDirectory(folder, { strict: true }) }))).toContain('full.md:1:4: error: <b> is HTML');
  });

  test('warns of files that workers never see', () => {
    const stack = newStack();
    newProject(stack, { instructions: Instructions.fromDirectory(write({ 'short.md': 'x', 'ful.md': 'x', 'images/notes.txt': 'x' })) });
    const warnings = Annotations.fromStack(stack).findWarning('/Stack/Project', Match.stringLikeRegexp('unused-file')).map(({ entry }) => entry.data as string);
    expect(warnings.map((each) => each.replaceAll(folder, 'DIR').split(';')[0])).toEqual([
      'DIR/ful.md:1:1: warning: workers never see this file', 'DIR/images/notes.txt:1:1: warning: its name is not that of an image, so workers never see it',
    ]);
  });

  test.each<[string, { readonly [name: string]: string | Buffer }, string]>([
    ['a text that names no image', { 'full.md': 'a\n\n![Good](godo.jpg)', 'images/good.jpg': JPEG },
      "Instructions.fromDirectory: 1 problem\n- DIR/full.md:3:9: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)"],
    ['a page with several mistakes', { 'template.liquid.html': PAGE.replace('to_json', 'to_jsn').replace('boundingBox', 'box'), 'images/good.jpg': JPEG },
      'Instructions.fromDirectory: 2 problems\n- DIR/template.liquid.html:3:23: error: name of <crowd-bounding-box> is \'box\''],
    ['a page that names no image', { 'template.liquid.html': PAGE }, "DIR/template.liquid.html:4:81: error: there is no example image 'good.jpg'"],
    ['no file', {}, 'Instructions.fromDirectory: 1 problem\n- DIR/full.md:1:1: error: the folder has nothing for workers to read; write full.md, short.md or both'],
    ['a film for an image', { 'full.md': '![a](a.mp4)', 'images/a.mp4': 'text' }, "DIR/full.md:1:6: error: there is no example image 'a.mp4'"],
    ['an image that is defined nowhere', { 'full.md': '![Wide][wide]' }, "DIR/full.md:1:1: error: there is no reference 'wide'"],
  ])('with %s fails the synthesis', (_name, files, expected) => {
    write(files);
    expect(messageOf(() => synth({ instructions: Instructions.fromDirectory(folder) }))).toContain(expected);
  });

  test('that is not there fails the synthesis', () => {
    expect(messageOf(() => Instructions.fromDirectory('no/such/folder'))).toContain("directory is 'no/such/folder'; there is no such folder below");
  });
});

describe('a bucket with instructions', () => {
  test('is read below its prefix', () => {
    const stack = newStack();
    const encryptionKey = new Key(stack, 'Key');
    newProject(stack, { instructions: Instructions.fromBucket(new Bucket(stack, 'Texts', { encryptionKey }), { prefix: 'froth/', revision: '7' }) });
    const template = FlatTemplate.of(stack);
    const bucket = template.find('AWS::S3::Bucket', 'Texts').id;
    expect(JSON.parse(template.find('Custom::StreamingLabelingInstructions', '').Properties.Request).source).toEqual({ kind: 'folder', bucket: `<${bucket}>`, prefix: 'froth/', revision: '7' });
    const statements = template.statementsOf('InstructionsHandler');
    expect(statements.find(({ Action }) => Action.includes('s3:ListBucketVersions'))).toMatchObject({
      Resource: [`<${bucket}.Arn>`], Condition: { StringLike: { 's3:prefix': ['froth/*'] } },
    });
    expect(statements.find(({ Action }) => Action.includes('s3:GetObject'))!.Resource).toEqual([`<${bucket}.Arn>/froth/*`]);
    expect(statements.some(({ Action }) => Action.includes('kms:Decrypt'))).toBe(true);
  });

  test('has its warnings told by the deploy, which a folder of the synthesis has not', () => {
    const checksOf = (instructions: Instructions) => {
      const template = synth({ instructions });
      const resource = template.find('Custom::StreamingLabelingInstructions', '');
      // a resource that is not asked again has no new attribute
      expect(resource.Properties.Attributes).toBe('Version,Checks');
      return [template.find('Custom::StreamingLabelingDeployment', '').Properties.InstructionChecks, `<${resource.id}.Checks>`];
    };
    const [told, checks] = checksOf(Instructions.fromBucket(Bucket.fromBucketName(newStack(), 'Texts', 'texts')));
    expect(told).toBe(checks);
    expect(checksOf(Instructions.fromDirectory(write(FOLDER)))[0]).toBeUndefined();
  });

  test('has a prefix that is a folder', () => {
    const bucket = Bucket.fromBucketName(newStack(), 'Texts', 'texts');
    expect(messageOf(() => Instructions.fromBucket(bucket, { prefix: '/a' }))).toBe("Instructions.fromBucket: prefix is '/a'; it must end in '/', such as 'instructions/', and not begin with one");
  });
});

describe('the roll-out', () => {
  test('is what was asked for', () => {
    expect(synth({}).configuration().instructionRollOut).toBe('NEXT_JOB');
    expect(synth({ instructionRollOut: InstructionRollOut.ROLL_NOW }).configuration().instructionRollOut).toBe('ROLL_NOW');
  });
});

test('the project says where pages and images are', () => {
  const stack = newStack();
  const project = newProject(stack);
  expect(project.instructionHosting).toEqual({ bucket: project.outputBucket, keyPrefix: 'config/' });
});

describe('a task that adjusts or verifies', () => {
  const options = { ...BOXES, labels: [{ name: 'screw' }, { name: 'nut' }] };
  const verdicts = [{ name: 'good' }, { name: 'bad' }];
  test.each<[string, LabelingTask, object, string]>([
    ['boxes', LabelingTask.adjustBoundingBox(options), { type: 'AdjustmentBoundingBox', labelAttributeName: 'adjusted-boxes', earlierLabelAttribute: 'boxes' }, 'initial-value="[{% for box in task.input.manifestLine.boxes.annotations %}'],
    ['masks', LabelingTask.adjustSemanticSegmentation({ ...options, earlierLabelAttributeName: 'old-ref' }),
      { type: 'AdjustmentSemanticSegmentation', labelAttributeName: 'adjusted-mask-ref', earlierLabelAttribute: 'old-ref' }, '{{ task.input.manifestLine.old-ref | grant_read_access }}'],
    ['boxes that are judged', LabelingTask.verifyBoundingBox({ ...options, labels: verdicts, earlierLabels: options.labels }),
      { type: 'VerificationBoundingBox', labelAttributeName: 'boxes-verdict', labels: verdicts, earlierLabels: ['screw', 'nut'] }, 'overlay="{ &quot;boundingBox&quot;'],
    ['masks that are judged', LabelingTask.verifySemanticSegmentation({ ...options, labels: verdicts, earlierLabels: options.labels }),
      { type: 'VerificationSemanticSegmentation', labelAttributeName: 'mask-verdict', earlierLabelAttribute: 'mask-ref' }, 'overlay="{ &quot;semanticSegmentation&quot;'],
  ])('%s', (_name, task, expected, page) => {
    const configured = synth({ task }).configuration().task;
    expect(configured).toMatchObject(expected);
    expect(configured.template).toContain(page);
    expect(configured.preHumanTaskLambdaArn).toBe(`arn:<AWS::Partition>:lambda:eu-west-1:568282634449:function:PRE-${configured.type}`);
    expect(configured.consolidationLambdaArn).toBe(`arn:<AWS::Partition>:lambda:eu-west-1:568282634449:function:ACS-${configured.type}`);
  });
});

describe('a custom task', () => {
  test('has its own functions, which the execution role may invoke, and its own page', () => {
    const stack = newStack();
    const functions = ['pre', 'post'].map((name) => LambdaFunction.fromFunctionAttributes(stack, name, {
      functionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${name}`, sameEnvironment: true,
    }));
    write({ 'template.liquid.html': '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-keypoint name="k" src="{{ task.input.image | grant_read_access }}" labels="[\'nose\']"><full-instructions>x</full-instructions><short-instructions>x</short-instructions></crowd-keypoint></crowd-form>' });
    newProject(stack, {
      task: LabelingTask.custom({ title: 't', description: 'd', preFunction: functions[0], postFunction: functions[1] }),
      instructions: Instructions.fromDirectory(folder),
    });
    const template = FlatTemplate.of(stack);
    expect(template.configuration().task).toMatchObject({
      type: 'Custom', labels: [], labelAttributeName: 'answer', preHumanTaskLambdaArn: functions[0].functionArn, consolidationLambdaArn: functions[1].functionArn,
    });
    expect(template.statementsOf('ExecutionRole').find(({ Sid }) => Sid === 'CustomTask')).toMatchObject({
      Action: ['lambda:InvokeFunction'], Resource: functions.map(({ functionArn }) => functionArn),
    });
  });

  test('has no built-in page', () => {
    const stack = newStack();
    const fn = LambdaFunction.fromFunctionArn(stack, 'F', 'arn:aws:lambda:eu-west-1:111122223333:function:f');
    expect(messageOf(() => newProject(stack, { task: LabelingTask.custom({ title: 't', description: 'd', preFunction: fn, postFunction: fn }) })))
      .toContain('instructions are missing; LabelingTask.custom has no built-in page');
  });
});
