/** Boxes by a vendor's team, in whichever of the Regions of Ground Truth the stack is deployed to; x86 functions; bytes as they are. */
import { App, CfnParameter, RemovalPolicy, Stack, aws_lambda as lambda } from 'aws-cdk-lib';
import { FeatureEngineering, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Shelf');
const workTeamArn = new CfnParameter(stack, 'WorkTeamArn', { description: 'The vendor\'s work team in this Region' });

new StreamingLabelingProject(stack, 'Shelf', {
  task: LabelingTask.boundingBox({
    title: 'Shelf',
    description: 'Draw a box around each product and each gap',
    labels: [{ name: 'product' }, { name: 'gap' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', workTeamArn.valueAsString),
  featureEngineering: FeatureEngineering.none(),
  dropPrefix: 'shop-1/',
  window: 100,
  architecture: lambda.Architecture.X86_64,
  removalPolicy: RemovalPolicy.DESTROY,
});
