import { Duration, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ACCOUNT, BOXES, FlatTemplate, REGION, TEAM_ARN, agnosticStack, newApp, newProject, newStack } from './project-fixture';
import {
  FeatureEngineering, ImageFit, ImageFormat, ImageTransform, LabelingTask, LabelingTaskOptions, RetainedLedger,
  StreamingLabelingProjectProps, WorkTeam,
} from '../src';

type Task = 'imageClassification' | 'multiLabelClassification' | 'boundingBox' | 'semanticSegmentation';

const labels = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `class ${index}` }));

const withTask = (options: Partial<LabelingTaskOptions>, type: Task = 'boundingBox') => () => {
  LabelingTask[type]({ ...BOXES, ...options });
};

const withProps = (props: (stack: Stack) => Partial<StreamingLabelingProjectProps>) => () => {
  const stack = newStack();
  newProject(stack, props(stack));
};

const withTeam = (arn: string, stack = newStack()) => () => {
  WorkTeam.fromWorkTeamArn(stack, 'Wrong', arn);
};

const withImages = (...transforms: ImageTransform[]) => () => {
  FeatureEngineering.images({ transforms });
};

const PARAMETER = Token.asString({ Ref: 'Label' });

describe('a wrong prop fails at synth, and the message says prop, value and rule', () => {
  test.each<[string, () => void, ...(string | RegExp)[]]>([
    // ---- the project's name
    ['upper case', withProps(() => ({ projectName: 'Parts' })), "projectName is 'Parts'", 'lower-case'],
    ['an underscore', withProps(() => ({ projectName: 'my_parts' })), "projectName is 'my_parts'", 'inner hyphens'],
    ['a hyphen at the end', withProps(() => ({ projectName: 'parts-' })), "projectName is 'parts-'", 'inner hyphens'],
    ['a name too long for job names', withProps(() => ({ projectName: 'p'.repeat(48) })), 'p'.repeat(48), '1 to 47'],
    ['an empty name', withProps(() => ({ projectName: '' })), "projectName is ''", '1 to 47'],

    // ---- labels
    ['no label', withTask({ labels: [] }), 'labels offers 0 labels', 'at least 1'],
    ['one class to choose from', withTask({ labels: labels(1) }, 'imageClassification'), 'labels offers 1 label;', 'at least 2'],
    ['all but one class retired', withTask({ labels: [{ name: 'a' }, { name: 'b', retired: true }] }, 'multiLabelClassification'),
      'labels offers 1 label;', 'not retired'],
    ['51 classes for boxes', withTask({ labels: labels(51) }), 'labels has 51 entries', 'at most 50'],
    ['51 classes to choose all from', withTask({ labels: labels(51) }, 'multiLabelClassification'), 'labels has 51 entries', 'at most 50'],
    ['a class twice', withTask({ labels: [{ name: 'screw' }, { name: 'nut' }, { name: 'screw' }] }),
      "labels[2].name is 'screw'", 'labels[0].name', 'unique'],
    ['a class twice that is known only at deploy time', withTask({ labels: [{ name: PARAMETER }, { name: PARAMETER }] }),
      'labels[1].name is (known at deploy time), as is labels[0].name', 'unique'],
    ['a class without a name', withTask({ labels: [{ name: '' }] }), 'labels[0].name has 0 characters', '1 to 256'],
    ['a class name of 257 characters', withTask({ labels: [{ name: 'x'.repeat(257) }] }), 'labels[0].name has 257 characters', '1 to 256'],
    ['a class name with a space at its end', withTask({ labels: [{ name: 'screw ' }] }), "labels[0].name is 'screw '", 'white space'],
    ['a class name of two lines', withTask({ labels: [{ name: 'a\nb' }] }), 'labels[0].name is "a\\nb"', 'one line'],
    ['a class that is called background', withTask({ labels: [{ name: 'Background' }] }, 'semanticSegmentation'),
      "labels[0].name is 'Background'", 'no worker painted'],
    ['a colour by name', withTask({ labels: [{ name: 'a', color: 'red' }] }), "labels[0].color is 'red'", '#rrggbb'],
    ['a colour of three digits', withTask({ labels: [{ name: 'a', color: '#fff' }] }), "labels[0].color is '#fff'", '#rrggbb'],

    // ---- the label attribute
    ['segmentation without -ref', withTask({ labelAttributeName: 'mask' }, 'semanticSegmentation'), "labelAttributeName is 'mask'", 'must end in -ref'],
    ['boxes with -ref', withTask({ labelAttributeName: 'boxes-ref' }), "labelAttributeName is 'boxes-ref'", 'only for masks'],
    ['classification with -ref', withTask({ labelAttributeName: 'class-ref' }, 'imageClassification'), "labelAttributeName is 'class-ref'", '-ref'],
    ['an attribute that ends in -metadata', withTask({ labelAttributeName: 'boxes-metadata' }), "labelAttributeName is 'boxes-metadata'", '-metadata'],
    ['the attribute source', withTask({ labelAttributeName: 'source' }), "labelAttributeName is 'source'", 'the image itself'],
    ['the attribute drop-key', withTask({ labelAttributeName: 'drop-key' }, 'boundingBox'), "labelAttributeName is 'drop-key'", 'this library uses itself'],
    ['the attribute source-ref', withTask({ labelAttributeName: 'source-ref' }, 'semanticSegmentation'), "labelAttributeName is 'source-ref'", 'the image itself'],
    ['an attribute with an underscore', withTask({ labelAttributeName: 'my_boxes' }), "labelAttributeName is 'my_boxes'", 'inner hyphens'],
    ['an attribute with a dollar', withTask({ labelAttributeName: '$boxes' }), "labelAttributeName is '$boxes'", 'letters, digits'],
    ['an attribute of 128 characters', withTask({ labelAttributeName: 'x'.repeat(128) }), 'labelAttributeName', '1 to 127'],

    // ---- the words for workers
    ['no title', withTask({ title: '' }), 'title has 0 characters', '1 to 128'],
    ['a title of 129 characters', withTask({ title: 'x'.repeat(129) }), 'title has 129 characters', '1 to 128'],
    ['a description of 256 characters', withTask({ description: 'x'.repeat(256) }), 'description has 256 characters', '1 to 255'],
    ['a description of two lines', withTask({ description: 'a\nb' }), 'description is "a\\nb"', 'one line'],
    ['six keywords', withTask({ keywords: ['a', 'b', 'c', 'd', 'e', 'f'] }), 'keywords has 6 entries', 'at most 5'],
    ['a keyword with a hyphen', withTask({ keywords: ['good', 'weld-seam'] }), "keywords[1] is 'weld-seam'", 'letters, digits and single spaces'],
    ['a keyword of 31 characters', withTask({ keywords: ['x'.repeat(31)] }), 'keywords[0]', '1 to 30'],
    ['descriptions that make too long a page', withProps(() => ({
      task: LabelingTask.boundingBox({
        ...BOXES, labels: Array.from({ length: 50 }, (_, index) => ({ name: `${'"'.repeat(240)}${index}`, description: '"'.repeat(255) })),
      }),
    })), 'the page that title, description and labels make', '128000', 'shorten'],
    ['labels that are adjusted under their own name', () => LabelingTask.adjustBoundingBox({ ...BOXES, labelAttributeName: 'boxes' }), "labelAttributeName are both 'boxes'", 'names of their own'],
    ['boxes that are adjusted under the name of masks', () => LabelingTask.adjustBoundingBox({ ...BOXES, earlierLabelAttributeName: 'x-ref' }), "earlierLabelAttributeName is 'x-ref'", 'only for masks'],
    ['masks that are verified under the name of boxes', () => LabelingTask.verifySemanticSegmentation({ ...BOXES, earlierLabels: labels(1), earlierLabelAttributeName: 'x' }), "earlierLabelAttributeName is 'x'", '-ref'],
    ['one verdict', () => LabelingTask.verifyBoundingBox({ ...BOXES, labels: labels(1), earlierLabels: labels(2) }), 'labels offers 1 label;', 'at least 2'],
    ['a verification of no class', () => LabelingTask.verifyBoundingBox({ ...BOXES, earlierLabels: [] }), 'earlierLabels has 0 entries'],
    ['a verified class twice', () => LabelingTask.verifyBoundingBox({ ...BOXES, earlierLabels: [{ name: 'a' }, { name: 'a' }] }), 'earlierLabels[1].name', 'unique'],

    // ---- the team
    ['the public team', withTeam(`arn:aws:sagemaker:${REGION}:394669845002:workteam/public-crowd/default`), 'workTeamArn', 'public-crowd', 'closed', '30 September 2026'],
    ['something else than a team', withTeam(`arn:aws:sagemaker:${REGION}:${ACCOUNT}:workforce/private`), 'workforce/private', 'workteam/private-crowd/NAME'],
    ['a team of another Region', withTeam(TEAM_ARN.replace(REGION, 'us-east-1')), "Region 'us-east-1'", `Region '${REGION}'`],
    ['a private team of another account', withTeam(TEAM_ARN.replace(ACCOUNT, '444455556666')), "account '444455556666'", ACCOUNT],
    ['a team of another partition', withTeam(TEAM_ARN.replace('arn:aws:', 'arn:aws-us-gov:')), 'aws-us-gov', "only in 'aws'"],
    ['a team of another Region than the project', () => {
      const app = newApp();
      const team = WorkTeam.fromWorkTeamArn(agnosticStack(app), 'Team', TEAM_ARN);
      newProject(new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'us-west-2' } }), { workTeam: team });
    }, `Region '${REGION}'`, "Region 'us-west-2'"],

    // ---- the Region
    ...['eu-west-3', 'us-west-1', 'cn-north-1', 'us-gov-west-1'].map((region): [string, () => void, ...string[]] => [
      `a stack in ${region}`,
      () => {
        newProject(newStack({ env: { account: ACCOUNT, region } }), { workTeam: WorkTeam.fromWorkTeamArn(agnosticStack(), 'Team', TEAM_ARN) });
      },
      `Region is '${region}'`, 'us-east-1, us-east-2, us-west-2, ca-central-1', 'ap-southeast-2',
    ]),

    // ---- how much work
    ['no worker', withProps(() => ({ workersPerImage: 0 })), 'workersPerImage is 0', '1 to 9'],
    ['ten workers', withProps(() => ({ workersPerImage: 10 })), 'workersPerImage is 10', '1 to 9'],
    ['half a worker', withProps(() => ({ workersPerImage: 1.5 })), 'workersPerImage is 1.5', 'whole number'],
    ['5,001 tasks', withProps(() => ({ maxConcurrentTasks: 5_001 })), 'maxConcurrentTasks is 5001', '1 to 5000'],
    ['no more tasks than workers', withProps(() => ({ maxConcurrentTasks: 3, workersPerImage: 3 })), 'maxConcurrentTasks is 3', 'workersPerImage, which is 3'],
    ['a window larger than Ground Truth shows', withProps(() => ({ window: 98, maxConcurrentTasks: 100, workersPerImage: 3 })), 'window is 98', 'at most 97'],
    ['no window', withProps(() => ({ window: 0 })), 'window is 0', 'at least 1'],
    ['a time limit of 29 seconds', withProps(() => ({ taskTimeLimit: Duration.seconds(29) })), 'taskTimeLimit is 29 seconds', '30 to 28800', '8 hours'],
    ['a time limit of 9 hours', withProps(() => ({ taskTimeLimit: Duration.hours(9) })), 'taskTimeLimit is 32400 seconds', '30 to 28800'],
    ['a time limit of a second and a half more', withProps(() => ({ taskTimeLimit: Duration.millis(31_500) })), 'taskTimeLimit is 31.5 seconds', 'whole seconds'],
    ['31 days on offer', withProps(() => ({ taskAvailability: Duration.days(31) })), 'taskAvailability is 2678400 seconds', '30 days'],
    ['less on offer than one worker may take', withProps(() => ({ taskAvailability: Duration.minutes(5) })), 'taskTimeLimit is 3600 seconds', 'taskAvailability, which is 300'],
    ['no image a day', withProps(() => ({ maxImagesPerDay: 0 })), 'maxImagesPerDay is 0', 'at least 1'],
    ['half an image', withProps(() => ({ maxImages: 0.5 })), 'maxImages is 0.5', 'whole number'],
    ['a window that nobody can know', withProps(() => ({ maxConcurrentTasks: Token.asNumber({ Ref: 'Tasks' }) })), 'window', 'give one'],

    // ---- where things lie
    ['a prefix that begins with a slash', withProps(() => ({ dropPrefix: '/camera/' })), "dropPrefix is '/camera/'", "end in '/'"],
    ['a prefix that does not end', withProps(() => ({ dropPrefix: 'camera' })), "dropPrefix is 'camera'", "end in '/'"],
    ['a prefix that is too long', withProps(() => ({ dropPrefix: `${'x'.repeat(1_024)}/` })), 'dropPrefix has 1025 characters', 'at most 1024'],
    ['drops in the input bucket', withProps((stack) => {
      const bucket = Bucket.fromBucketName(stack, 'Bucket', 'images');
      return { dropBucket: bucket, inputBucket: bucket };
    }), "inputBucket is the dropBucket 'images'", 'another bucket'],
    ['drops in the output bucket, imported twice', withProps((stack) => ({
      dropBucket: Bucket.fromBucketName(stack, 'Drops', 'images'), outputBucket: Bucket.fromBucketName(stack, 'Output', 'images'),
    })), "outputBucket is the dropBucket 'images'", 'another bucket'],
    ['a bucket in another Region', withProps((stack) => ({
      inputBucket: Bucket.fromBucketAttributes(stack, 'Input', { bucketName: 'images', region: 'us-east-1' }),
    })), "inputBucket is in Region 'us-east-1'", REGION],
    ['a FIFO topic', withProps((stack) => ({ inputTopic: new Topic(stack, 'Topic', { fifo: true }) })), 'inputTopic is the FIFO topic', 'standard'],
    ['a FIFO topic by its ARN', withProps((stack) => ({
      outputTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:labels.fifo`),
    })), 'outputTopic is the FIFO topic', 'standard'],
    ['a topic in another Region', withProps((stack) => ({
      inputTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:us-east-1:${ACCOUNT}:images`),
    })), "inputTopic is in Region 'us-east-1'", REGION],
    ['one topic for both ways', withProps((stack) => {
      const topic = new Topic(stack, 'Topic');
      return { inputTopic: topic, outputTopic: topic };
    }), 'outputTopic is the inputTopic', 'another topic'],

    // ---- the functions
    ['an architecture that Lambda does not have', withProps(() => ({ architecture: Architecture.custom('riscv') })), "architecture is 'riscv'", 'ARM_64 or'],

    // ---- the ledger
    ['a chain id in upper case', () => RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1A2B3C4D' }), "chainId is '1A2B3C4D'", 'eight hexadecimal digits'],
    ['a chain id of seven digits', () => RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4' }), "chainId is '1a2b3c4'", 'eight'],
    ['an ARN for the table', () => RetainedLedger.fromAttributes({ tableName: 'arn:aws:dynamodb:x', chainId: '1a2b3c4d' }), "tableName is 'arn:aws:dynamodb:x'", '3 to 255'],

    // ---- images
    ['a crop of nothing', withImages(ImageTransform.crop({ width: 0, height: 10 })), 'transforms[0].width is 0', '1 to 65500'],
    ['a crop from before the image', withImages(ImageTransform.crop({ width: 10, height: 10, top: -1 })), 'transforms[0].top is -1', '0 to 65500'],
    ['a resize to no size', withImages(ImageTransform.crop({ width: 9, height: 9 }), ImageTransform.resize({})), 'transforms[1] has neither width nor height'],
    ['covering one side', withImages(ImageTransform.resize({ width: 9, fit: ImageFit.COVER })), 'transforms[0].height is missing', 'cover'],
    ['padding with a colour by name', withImages(ImageTransform.pad({ width: 9, height: 9, color: 'grey' })), "transforms[0].color is 'grey'", '#rrggbb'],
    ['17 transforms', withImages(...Array.from({ length: 17 }, () => ImageTransform.resize({ width: 9 }))), 'transforms has 17 entries', 'at most 16'],
    ['containing in one side', withImages(ImageTransform.resize({ width: 9, fit: ImageFit.CONTAIN })), 'transforms[0].height is missing', 'contain'],
    ['tiles that overlap by more than half', withImages(ImageTransform.tile({ width: 9, height: 9, overlap: 5 })), 'transforms[0].overlap is 5', '0 to 4'],
    ['tiles of tiles', withImages(ImageTransform.tile({ width: 9, height: 9 }), ImageTransform.tile({ width: 3, height: 3 })), 'transforms[1] is another tile', 'at most one'],
    ['more tiles than a drop may give', withImages(ImageTransform.crop({ width: 900, height: 900 }), ImageTransform.tile({ width: 9, height: 9 })), 'transforms[1] makes 10000 tiles', 'at most 1000'],
    ['a blur as wide as the image', withImages(ImageTransform.blur({ sigma: 500 })), 'transforms[0].sigma is 500', '0.3 to 100'],
    ['a mask of nothing', withImages(ImageTransform.mask({ region: { left: 0, top: 0, width: 0, height: 9 } })), 'transforms[0].region.width is 0', '1 to 65500'],
    ['levels cut in half', withImages(ImageTransform.autoLevel({ cutoff: 50 })), 'transforms[0].cutoff is 50', '0 to 49'],
    ['sharpening by nothing', withImages(ImageTransform.sharpen({ amount: 0 })), 'transforms[0].amount is 0', '0.1 to 10'],
    ['transforms beside renditions', () => FeatureEngineering.images({ transforms: [ImageTransform.grayscale()], renditions: [{ name: 'a' }] }), 'transforms has 1 entries beside renditions'],
    ['a rendition with a name of its own kind', () => FeatureEngineering.images({ renditions: [{ name: 'Über' }] }), "renditions[0].name is 'Über'", 'lower-case'],
    ['near duplicates that differ in 9 bits', () => FeatureEngineering.images({ nearDuplicates: { maxDistance: 9 } }), 'nearDuplicates.maxDistance is 9', 'from 0 to 8'],
    ['near duplicates that differ in half a bit', () => FeatureEngineering.none({ nearDuplicates: { maxDistance: 0.5 } }), 'FeatureEngineering.none: nearDuplicates.maxDistance is 0.5', 'whole number'],
    ['a quality of 101', () => FeatureEngineering.images({ output: { quality: 101 } }), 'output.quality is 101', '1 to 100'],
    ['a quality for PNG', () => FeatureEngineering.images({ output: { quality: 90, format: ImageFormat.PNG } }), 'output.quality is 90', 'png'],
  ])('%s', (_, define, ...words) => {
    let message = '';
    try {
      define();
    } catch (error) {
      message = (error as Error).message;
    }
    words.forEach((word) => expect(message).toMatch(word instanceof RegExp ? word : new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))));
  });

  test('all mistakes are told at once, with the path of the construct', () => {
    expect(withProps(() => ({ projectName: 'Parts', workersPerImage: 0, dropPrefix: '/x' })))
      .toThrow(/StreamingLabelingProject 'Stack\/Project': 3 problems\n- projectName .*\n- dropPrefix .*\n- workersPerImage /);
  });
});

describe('values that are known only at deploy time pass', () => {
  const text = (name: string) => Fn.importValue(name);
  const lazy = (value: string) => Lazy.string({ produce: () => value });
  const number = (name: string) => Token.asNumber({ Ref: name });

  test('in every prop that takes text or a number', () => {
    const stack = agnosticStack();
    newProject(stack, {
      projectName: text('name'),
      task: LabelingTask.semanticSegmentation({
        title: text('title'),
        description: lazy('a description'),
        keywords: [text('keyword')],
        labelAttributeName: text('attribute'),
        labels: [
          { name: text('label'), color: text('color'), description: text('explanation') },
          { name: lazy('other'), retired: true },
        ],
      }),
      workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', text('team')),
      featureEngineering: FeatureEngineering.images({
        transforms: [
          ImageTransform.crop({ width: number('Width'), height: number('Height'), top: number('Top') }),
          ImageTransform.pad({ width: number('Width'), height: 9, color: text('color') }),
        ],
        output: { quality: number('Quality'), background: text('background') },
        nearDuplicates: { maxDistance: number('Distance') },
      }),
      dropBucket: Bucket.fromBucketName(stack, 'Drops', text('drops')),
      dropPrefix: text('prefix'),
      inputBucket: Bucket.fromBucketName(stack, 'Input', text('input')),
      outputBucket: Bucket.fromBucketName(stack, 'Output', text('output')),
      inputTopic: Topic.fromTopicArn(stack, 'InputTopic', text('inputTopic')),
      outputTopic: Topic.fromTopicArn(stack, 'OutputTopic', text('outputTopic')),
      retainedLedger: RetainedLedger.fromAttributes({ tableName: text('table'), chainId: text('chain') }),
      workersPerImage: number('Workers'),
      maxConcurrentTasks: number('Tasks'),
      window: number('Window'),
      taskTimeLimit: Duration.seconds(number('Limit')),
      taskAvailability: Duration.seconds(number('Availability')),
      maxImagesPerDay: number('PerDay'),
      maxImages: number('All'),
    });
    const configuration = FlatTemplate.of(stack).find('Custom::StreamingLabelingDeployment', '').Properties.Configuration as string;
    expect(configuration).toContain('"projectName":"<import name>"');
    expect(configuration).toContain('"chainId":"<import chain>"');
    expect(configuration).toContain('"description":"a description"');
    expect(configuration).toContain('"labelAttributeName":"<import attribute>"');
    expect(configuration).toContain('"workersPerImage":<Workers>');
    expect(configuration).toContain('"taskTimeLimitSeconds":<Limit>');
    expect(configuration).toContain('"width":<Width>,"height":<Height>,"top":<Top>');
    // in the worker page, too, and not torn apart by its escaping
    expect(configuration).toContain('header=\\"<import title>\\"');
    expect(configuration).toContain('labels=\\"[&quot;<import label>&quot;]\\"');
  });
});
