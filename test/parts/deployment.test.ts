import { App, Duration, Fn, Stack, Tags } from 'aws-cdk-lib';
import { FeatureEngineering, ImageFit, ImageFormat, ImageTransform, LabelingTask, TooSmall } from '../../src';
import { GROUND_TRUTH_ACCOUNTS } from '../../src/contract/labeling-tasks';
import { ACCOUNT, FlatTemplate, REGION, agnosticStack, newApp, newProject, newStack } from '../project-fixture';

const TYPE = 'Custom::StreamingLabelingDeployment';
const configuration = (stack: Stack) => FlatTemplate.of(stack).configuration();

describe('the configuration', () => {
  test('says all that the user wants, with the defaults', () => {
    const stack = newStack();
    newProject(stack);
    expect(configuration(stack)).toEqual({
      schemaVersion: 1,
      projectName: 'parts',
      chainId: expect.any(String),
      task: {
        type: 'BoundingBox',
        labelAttributeName: 'boxes',
        labels: [{ name: 'screw' }, { name: 'nut' }],
        title: 'Parts',
        description: 'Draw a box around each part',
        keywords: [],
        template: expect.stringContaining('<crowd-bounding-box'),
        preHumanTaskLambdaArn: 'arn:<AWS::Partition>:lambda:eu-west-1:568282634449:function:PRE-BoundingBox',
        consolidationLambdaArn: 'arn:<AWS::Partition>:lambda:eu-west-1:568282634449:function:ACS-BoundingBox',
      },
      workTeamArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:workteam/private-crowd/team`,
      work: { workersPerImage: 1, taskTimeLimitSeconds: 3_600, taskAvailabilitySeconds: 2_592_000, maxConcurrentTasks: 1_000, window: 500 },
      featureEngineering: { kind: 'images', transforms: [], output: {} },
      instructionRollOut: 'NEXT_JOB',
      tags: {},
    });
  });

  test('says what was set', () => {
    const stack = newStack();
    newProject(stack, {
      task: LabelingTask.imageClassification({
        title: 'Weld', description: 'Is it good?', keywords: ['weld'], labelAttributeName: 'weld',
        labels: [{ name: 'good', color: '#00ff00', description: 'Even' }, { name: 'old', retired: true }, { name: 'bad', retired: false }],
      }),
      featureEngineering: FeatureEngineering.images({
        transforms: [
          ImageTransform.crop({ width: 512, height: 512, top: 10, tooSmall: TooSmall.PAD }),
          ImageTransform.resize({ width: 256, height: 256, fit: ImageFit.COVER, enlarge: true }),
          ImageTransform.pad({ width: 300, height: 300, color: '#808080' }),
        ],
        output: { format: ImageFormat.JPEG, quality: 80 },
      }),
      workersPerImage: 3, taskTimeLimit: Duration.minutes(5), taskAvailability: Duration.days(2), maxConcurrentTasks: 50, window: 20,
      maxImagesPerDay: 100, maxImages: 1_000,
    });
    expect(configuration(stack)).toMatchObject({
      task: {
        type: 'ImageMultiClass', labelAttributeName: 'weld', keywords: ['weld'],
        labels: [{ name: 'good', color: '#00ff00', description: 'Even' }, { name: 'old', retired: true }, { name: 'bad' }],
      },
      featureEngineering: {
        kind: 'images',
        transforms: [
          { kind: 'crop', width: 512, height: 512, top: 10, tooSmall: 'pad' },
          { kind: 'resize', width: 256, height: 256, fit: 'cover', enlarge: true },
          { kind: 'pad', width: 300, height: 300, color: '#808080' },
        ],
        output: { format: 'jpeg', quality: 80 },
      },
      work: {
        workersPerImage: 3, taskTimeLimitSeconds: 300, taskAvailabilitySeconds: 172_800, maxConcurrentTasks: 50, window: 20,
        maxImagesPerDay: 100, maxImages: 1_000,
      },
    });
  });

  test('keeps bytes as they are, where that is asked for', () => {
    const stack = newStack();
    newProject(stack, { featureEngineering: FeatureEngineering.none() });
    expect(configuration(stack).featureEngineering).toEqual({ kind: 'none' });
  });

  test('holds near duplicates, where that is asked for, by 4 bits unless another number is given', () => {
    const options = [
      FeatureEngineering.none({ nearDuplicates: {} }), FeatureEngineering.images({ nearDuplicates: { maxDistance: 0 } }),
      FeatureEngineering.images(),
    ];
    expect(options.map((featureEngineering) => {
      const stack = newStack();
      newProject(stack, { featureEngineering });
      return configuration(stack).featureEngineering;
    })).toEqual([
      { kind: 'none', nearDuplicates: { maxDistance: 4 } },
      { kind: 'images', transforms: [], output: {}, nearDuplicates: { maxDistance: 0 } },
      { kind: 'images', transforms: [], output: {} },
    ]);
  });

  test('has a window that fits into few tasks', () => {
    const stack = newStack();
    newProject(stack, { maxConcurrentTasks: 10, workersPerImage: 3 });
    expect(configuration(stack).work.window).toBe(7);
  });

  test.each(Object.entries(GROUND_TRUTH_ACCOUNTS))('knows the functions of Ground Truth in %s', (region, account) => {
    const stack = newStack({ env: { account: ACCOUNT, region } });
    newProject(stack, { workTeam: { workTeamArn: Fn.importValue('team') } as any });
    const template = FlatTemplate.of(stack);
    expect(template.configuration().task.preHumanTaskLambdaArn).toBe(`arn:<AWS::Partition>:lambda:${region}:${account}:function:PRE-BoundingBox`);
    expect(template.template.toJSON().Mappings).toBeUndefined();
  });

  test('looks the functions up where the Region is known at deploy time', () => {
    const stack = agnosticStack();
    newProject(stack);
    expect(configuration(stack).task.consolidationLambdaArn)
      .toBe('arn:<AWS::Partition>:lambda:<AWS::Region>:<StreamingLabelingGroundTruth.<AWS::Region>.account>:function:ACS-BoundingBox');
    const [mapping] = Object.values<any>(FlatTemplate.of(stack).template.toJSON().Mappings);
    expect(Object.keys(mapping)).toHaveLength(12);
    expect(mapping['us-west-2']).toEqual({ account: '081040173940' });
  });
});

describe('tags', () => {
  test('of the project and of all around it reach every labeling job', () => {
    const app = newApp();
    const stack = newStack(undefined, app);
    const project = newProject(stack);
    Tags.of(app).add('company', 'acme');
    Tags.of(stack).add('team', 'vision');
    Tags.of(project).add('cost-center', '4711');
    Tags.of(project).add('secret', Fn.importValue('secret'));
    expect(configuration(stack).tags).toEqual({ 'company': 'acme', 'team': 'vision', 'cost-center': '4711', 'secret': '<import secret>' });
  });

  test('of one project are not those of another', () => {
    const stack = newStack();
    Tags.of(newProject(stack, { projectName: 'one' }, 'One')).add('cost-center', '1');
    newProject(stack, { projectName: 'two' }, 'Two');
    expect(FlatTemplate.of(stack).configuration('Two').tags).toEqual({});
  });

  test.each<[string, (stack: Stack) => void, RegExp]>([
    ['are too many', (stack) => Array.from({ length: 49 }, (_, index) => Tags.of(stack).add(`tag-${index}`, 'x')), /49 tags.*at most 48/],
    ['have too long a value', (stack) => Tags.of(stack).add('tag', 'x'.repeat(257)), /value of 'tag' has 257 characters; at most 256/],
  ])('that %s are refused', (_, tag, message) => {
    const stack = newStack();
    newProject(stack);
    tag(stack);
    expect(() => (stack.node.root as App).synth()).toThrow(message);
  });
});

describe('the end of a project', () => {
  const stack = newStack();
  newProject(stack);
  const template = FlatTemplate.of(stack);
  const deployment = template.find(TYPE, '');

  test('comes before anything that it needs is deleted', () => {
    const needed = Object.entries(template.resources)
      .filter(([id, { Type }]) => !id.includes('Deployment') && Type !== 'AWS::CloudWatch::Alarm')
      .map(([id]) => id);
    expect(needed.filter((id) => !deployment.DependsOn!.includes(id))).toEqual([]);
  });

  test('has time to stop a job, and a function that CloudFormation calls itself', () => {
    expect(deployment.Properties.ServiceToken).toMatch(/^<ProjectDeploymentHandlerFunction.*\.Arn>$/);
    expect(deployment.Properties.ServiceTimeout).toBe('900');
    expect(template.find('AWS::Lambda::Function', 'Deployment').Properties.Timeout).toBe(900);
  });

  test('what the checks found is an output', () => {
    const outputs = Object.values<any>(template.template.toJSON().Outputs);
    expect(outputs.map(({ Value }) => Value)).toContainEqual({ 'Fn::GetAtt': [deployment.id, 'Checks'] });
  });
});
