/** Painted pixels on a fixed cut-out; a camera may drop images and a training job may read the data set. */
import { App, Stack, aws_iam as iam } from 'aws-cdk-lib';
import { FeatureEngineering, ImageTransform, LabelingTask, StreamingLabelingProject, TooSmall, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Froth', { env: { account: '111122223333', region: 'ap-southeast-2' } });
const camera = new iam.Role(stack, 'Camera', { assumedBy: new iam.ServicePrincipal('iot.amazonaws.com') });
const training = new iam.Role(stack, 'Training', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });

const project = new StreamingLabelingProject(stack, 'Froth', {
  projectName: 'froth',
  task: LabelingTask.semanticSegmentation({
    title: 'Froth',
    description: 'Outline the froth',
    labels: [{ name: 'froth', color: '#2acf59' }, { name: 'launder' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:ap-southeast-2:111122223333:workteam/private-crowd/froth'),
  featureEngineering: FeatureEngineering.images({
    transforms: [ImageTransform.crop({ width: 512, height: 512, top: 10, tooSmall: TooSmall.PAD })],
  }),
});

project.grantDrop(camera);
project.grantReadDataSet(training);
