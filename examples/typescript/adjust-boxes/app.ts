/** A model draws boxes, which come with each drop as its pre-label; workers correct them. */
import { App, Stack } from 'aws-cdk-lib';
import { Label, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Bubbles', { env: { account: '111122223333', region: 'us-west-2' } });
const labels: Label[] = [{ name: 'bubble' }, { name: 'foam' }];

new StreamingLabelingProject(stack, 'Bubbles', {
  projectName: 'bubbles',
  task: LabelingTask.adjustBoundingBox({ title: 'Bubbles', description: 'Correct the box of every bubble', labels }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:us-west-2:111122223333:workteam/private-crowd/bubbles'),
});
