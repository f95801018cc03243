/** Instructions in Markdown with example images, beside the app; when they change, the running job is rolled at once. */
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { InstructionRollOut, Instructions, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Ground', { env: { account: '111122223333', region: 'eu-central-1' } });

new StreamingLabelingProject(stack, 'Ground', {
  projectName: 'ground',
  task: LabelingTask.imageClassification({
    title: 'Ground',
    description: 'What is the ground made of?',
    labels: [{ name: 'grass' }, { name: 'gravel' }, { name: 'brick' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-central-1:111122223333:workteam/private-crowd/ground'),
  instructions: Instructions.fromDirectory(join(__dirname, 'instructions')),
  instructionRollOut: InstructionRollOut.ROLL_NOW,
});
