/** The project of `npm run demo -- --processing`: photographs reduced by a script on two instances, and every job start in Studio. */
import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  FeatureEngineering, LabelingTask, Orchestration, ProcessingImage, StreamingLabelingProject, WorkTeam,
} from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'StreamingLabelingProcessing');
const workTeamArn: string = app.node.tryGetContext('workTeamArn') ?? 'arn:aws:sagemaker:us-east-1:000000000000:workteam/private-crowd/demo';
const scripts: string = app.node.tryGetContext('scripts') ?? path.join(__dirname, 'scripts');

new StreamingLabelingProject(stack, 'Demo', {
  projectName: 'processing',
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
  featureEngineering: FeatureEngineering.processingJob({
    image: ProcessingImage.pyTorch(),
    scriptDirectory: scripts,
    arguments: ['--largest', '1024'],
    instanceCount: 2,
    timeLimit: Duration.minutes(10),
    batchSize: 8,
    batchWait: Duration.seconds(5),
  }),
  orchestration: Orchestration.sageMakerPipeline(),
});
