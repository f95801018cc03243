/** The demo's project with the default window: a live job takes all that is dropped. */
import { App, Stack } from 'aws-cdk-lib';
import { FeatureEngineering, ImageTransform, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const stack = new Stack(new App(), 'StreamingLabelingBench');

new StreamingLabelingProject(stack, 'Bench', {
  projectName: 'bench',
  task: LabelingTask.boundingBox({
    title: 'Things', description: 'Draw a box around each person, animal and thing', labels: [{ name: 'person' }, { name: 'animal' }, { name: 'thing' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', `arn:${stack.partition}:sagemaker:${stack.region}:${stack.account}:workteam/private-crowd/bench`),
  featureEngineering: FeatureEngineering.images({ transforms: [ImageTransform.resize({ width: 1024, height: 1024 })] }),
});
