/** Froth outlined, with feature engineering by a Python script in a SageMaker pipeline, which also starts every labeling job. */
import * as path from 'path';
import { App, Duration, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import {
  FeatureEngineering, LabelingTask, Orchestration, ProcessingImage, StreamingLabelingProject, WorkTeam,
} from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'FrothByPipeline', { env: { account: '111122223333', region: 'eu-west-1' } });

new StreamingLabelingProject(stack, 'Froth', {
  projectName: 'froth',
  task: LabelingTask.semanticSegmentation({
    title: 'Froth',
    description: 'Outline the froth',
    labels: [{ name: 'froth', color: '#2acf59' }, { name: 'launder' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/froth'),
  featureEngineering: FeatureEngineering.processingJob({
    image: ProcessingImage.pyTorch(),
    scriptDirectory: path.join(__dirname, 'crop'),
    arguments: ['--width', '512', '--height', '512', '--top', '10'],
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.C5, ec2.InstanceSize.XLARGE2),
    instanceCount: 2,
    timeLimit: Duration.minutes(30),
  }),
  orchestration: Orchestration.sageMakerPipeline(),
});
