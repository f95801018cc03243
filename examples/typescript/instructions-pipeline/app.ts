/** Instructions that come from a branch of a repository: a push is checked, published, and rolled out to the running job at once. */
import { App, Stack } from 'aws-cdk-lib';
import { InstructionRollOut, Instructions, InstructionsPipeline, InstructionsSource, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Screws', { env: { account: '111122223333', region: 'eu-central-1' } });

const project = new StreamingLabelingProject(stack, 'Screws', {
  projectName: 'screws',
  task: LabelingTask.boundingBox({
    title: 'Screws',
    description: 'Draw a box around each screw and nut',
    labels: [{ name: 'screw' }, { name: 'nut' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-central-1:111122223333:workteam/private-crowd/screws'),
  instructions: Instructions.fromPipeline(),
  instructionRollOut: InstructionRollOut.ROLL_NOW,
});

new InstructionsPipeline(stack, 'InstructionsPipeline', {
  project,
  source: InstructionsSource.codeConnection({
    connectionArn: 'arn:aws:codeconnections:eu-central-1:111122223333:connection/0f0f0f0f-1111-2222-3333-444444444444',
    repository: 'my-team/labeling',
    folder: 'instructions',
  }),
});
