// What a user writes in JavaScript. app.py is the same app: both must give the same template.
const { App, Stack } = require('aws-cdk-lib');
const { FeatureEngineering, ImageTransform, LabelingTask, StreamingLabelingProject, WorkTeam } = require('cdk-streaming-labeling');

const app = new App({ outdir: process.argv[2] });
const stack = new Stack(app, 'Labeling', { env: { account: '111122223333', region: 'eu-west-1' } });
const workTeam = WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/miners');

new StreamingLabelingProject(stack, 'Froth', {
  projectName: 'froth',
  task: LabelingTask.semanticSegmentation({
    labels: [{ name: 'froth', color: '#2acf59' }, { name: 'launder' }],
    title: 'Froth',
    description: 'Outline the froth',
  }),
  workTeam,
  featureEngineering: FeatureEngineering.images({ transforms: [ImageTransform.crop({ width: 512, height: 512, top: 10 })] }),
});

new StreamingLabelingProject(stack, 'Bubbles', {
  projectName: 'bubbles',
  task: LabelingTask.imageClassification({
    labels: [{ name: 'large' }, { name: 'small' }],
    title: 'Bubbles',
    description: 'Choose the size of most bubbles',
  }),
  workTeam,
});

app.synth();
