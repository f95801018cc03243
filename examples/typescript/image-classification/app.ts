/** One class for each image; two workers see each, and a budget guards the bill. */
import { App, Duration, Stack, Tags } from 'aws-cdk-lib';
import { LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Inspection', { env: { account: '111122223333', region: 'us-east-1' } });

const project = new StreamingLabelingProject(stack, 'Inspection', {
  projectName: 'inspection',
  task: LabelingTask.imageClassification({
    title: 'Is the weld good?',
    description: 'Choose what fits the weld in the middle of the image',
    keywords: ['welding', 'inspection'],
    labels: [
      { name: 'good', description: 'Even, without holes' },
      { name: 'porous', description: 'Small holes in the seam' },
      // a retired class keeps its class id and is no longer offered
      { name: 'unclear', retired: true },
      { name: 'cracked' },
    ],
    labelAttributeName: 'weld',
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/inspectors'),
  workersPerImage: 2,
  taskTimeLimit: Duration.minutes(10),
  maxImagesPerDay: 500,
  maxImages: 20_000,
});

// tags of the project are tags of every labeling job
Tags.of(project).add('cost-center', '4711');
