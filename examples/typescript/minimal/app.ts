/** The least that a project needs. */
import { App, Stack } from 'aws-cdk-lib';
import { LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const stack = new Stack(new App(), 'Minimal', { env: { account: '111122223333', region: 'eu-west-1' } });

new StreamingLabelingProject(stack, 'Parts', {
  projectName: 'parts',
  task: LabelingTask.boundingBox({
    title: 'Parts',
    description: 'Draw a box around each part',
    labels: [{ name: 'screw' }, { name: 'nut' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/parts'),
});
