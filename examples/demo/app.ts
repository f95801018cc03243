/** The project of the local demo: boxes around things in photographs, four at a time. `-c task=...` gives workers another task. */
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { FeatureEngineering, ImageTransform, Instructions, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'StreamingLabelingDemo');
const workTeamArn: string = app.node.tryGetContext('workTeamArn') ?? 'arn:aws:sagemaker:us-east-1:000000000000:workteam/private-crowd/demo';
const instructions: string = app.node.tryGetContext('instructions') ?? join(__dirname, 'instructions');

const labels = [
  { name: 'person', color: '#2acf59' },
  { name: 'animal', color: '#3070d0' },
  { name: 'thing', description: 'Whatever is neither a person nor an animal' },
];
const TASKS: { readonly [name: string]: LabelingTask } = {
  'bounding-box': LabelingTask.boundingBox({ title: 'Things', description: 'Draw a box around each person, animal and thing', labels }),
  'image-classification': LabelingTask.imageClassification({ title: 'Things', description: 'What is this a photograph of?', labels }),
  'multi-label-classification': LabelingTask.multiLabelClassification({ title: 'Things', description: 'What is on the photograph?', labels }),
  'semantic-segmentation': LabelingTask.semanticSegmentation({ title: 'Things', description: 'Paint each person, animal and thing', labels }),
};

new StreamingLabelingProject(stack, 'Demo', {
  projectName: 'demo',
  task: TASKS[app.node.tryGetContext('task') ?? 'bounding-box'],
  instructions: Instructions.fromDirectory(instructions),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', workTeamArn),
  featureEngineering: FeatureEngineering.images({
    transforms: [ImageTransform.resize({ width: 1024, height: 1024 })],
  }),
  window: 4,
});
