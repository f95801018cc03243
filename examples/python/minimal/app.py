"""The least that a project needs."""
from aws_cdk import App, Environment, Stack
from cdk_streaming_labeling import Label, LabelingTask, StreamingLabelingProject, WorkTeam

app = App()
stack = Stack(app, "Minimal", env=Environment(account="111122223333", region="eu-west-1"))

StreamingLabelingProject(
    stack,
    "Parts",
    project_name="parts",
    task=LabelingTask.bounding_box(
        title="Parts",
        description="Draw a box around each part",
        labels=[Label(name="screw"), Label(name="nut")],
    ),
    work_team=WorkTeam.from_work_team_arn(
        stack, "Team", "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/parts"
    ),
)

app.synth()
