/** All classes that fit; downstream hears of each label and somebody of each alert. */
import { App, Stack, aws_cloudwatch_actions as actions, aws_events_targets as targets, aws_sns as sns, aws_sqs as sqs } from 'aws-cdk-lib';
import { FeatureEngineering, ImageFormat, ImageTransform, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Street', { env: { account: '111122223333', region: 'eu-central-1' } });

const project = new StreamingLabelingProject(stack, 'Street', {
  projectName: 'street',
  task: LabelingTask.multiLabelClassification({
    title: 'What is in the street?',
    description: 'Choose everything that you see; if nothing fits, choose none',
    labels: [{ name: 'person' }, { name: 'bicycle' }, { name: 'car' }, { name: 'none' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-central-1:111122223333:workteam/private-crowd/street'),
  featureEngineering: FeatureEngineering.images({
    transforms: [ImageTransform.resize({ width: 1280 })],
    output: { format: ImageFormat.JPEG, quality: 85 },
  }),
});

project.onImageLabeled('Labeled', { target: new targets.SqsQueue(new sqs.Queue(stack, 'NewLabels', { enforceSSL: true })) });

const operators = new sns.Topic(stack, 'Operators', { enforceSSL: true });
project.alarms.forEach((alarm) => alarm.addAlarmAction(new actions.SnsAction(operators)));
