/** Feature engineering by a function of your own, in TypeScript, with the image library that the project itself uses. */
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { FeatureEngineering, LabelingTask, SharpLayer, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const stack = new Stack(new App(), 'Hook', { env: { account: '111122223333', region: 'eu-west-1' } });

const crop = new NodejsFunction(stack, 'Crop', {
  entry: path.join(__dirname, 'crop.ts'),
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  memorySize: 2048,
  timeout: Duration.minutes(1),
  layers: [new SharpLayer(stack, 'Sharp')],
  bundling: { externalModules: ['sharp', '@aws-sdk/*'] },
});

new StreamingLabelingProject(stack, 'Froth', {
  projectName: 'froth',
  task: LabelingTask.semanticSegmentation({
    title: 'Froth',
    description: 'Outline the froth',
    labels: [{ name: 'froth', color: '#2acf59' }, { name: 'launder' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/froth'),
  featureEngineering: FeatureEngineering.fromFunction(crop),
});
