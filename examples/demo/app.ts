/** The project of the local demo: boxes around things in photographs, four at a time. */
import { App, Stack } from 'aws-cdk-lib';
import { FeatureEngineering, ImageTransform, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'StreamingLabelingDemo');
const workTeamArn: string = app.node.tryGetContext('workTeamArn') ?? 'arn:aws:sagemaker:us-east-1:000000000000:workteam/private-crowd/demo';

new StreamingLabelingProject(stack, 'Demo', {
  projectName: 'demo',
  task: LabelingTask.boundingBox({
    title: 'Things',
    description: 'Draw a box around each person, animal and thing',
    labels: [
      { name: 'person', color: '#2acf59' },
      { name: 'animal', color: '#3070d0' },
      { name: 'thing', description: 'Whatever is neither a person nor an animal' },
    ],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', workTeamArn),
  featureEngineering: FeatureEngineering.images({
    transforms: [ImageTransform.resize({ width: 1024, height: 1024 })],
  }),
  window: 4,
});
