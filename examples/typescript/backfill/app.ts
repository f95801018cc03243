/** A project that also takes in the photographs of a bucket that was there before it. */
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Backfill, LabelingTask, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const stack = new Stack(new App(), 'Archive', { env: { account: '111122223333', region: 'eu-west-1' } });

const project = new StreamingLabelingProject(stack, 'Parts', {
  projectName: 'parts',
  task: LabelingTask.imageClassification({
    title: 'Parts',
    description: 'Choose what the photograph shows',
    labels: [{ name: 'screw' }, { name: 'nut' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/parts'),
  maxImagesPerDay: 2_000,
});

new Backfill(stack, 'Photographs', {
  project,
  bucket: Bucket.fromBucketName(stack, 'Old', 'photographs-since-2019'),
  prefix: 'line-4/',
});
