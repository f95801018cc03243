# What a user writes in Python. app.js is the same app: both must give the same template.
import sys

from aws_cdk import App, Environment, Stack
from cdk_streaming_labeling import (
    FeatureEngineering,
    ImageTransform,
    Label,
    LabelingTask,
    StreamingLabelingProject,
    WorkTeam,
)

app = App(outdir=sys.argv[1])
stack = Stack(app, "Labeling", env=Environment(account="111122223333", region="eu-west-1"))
work_team = WorkTeam.from_work_team_arn(
    stack, "Team", "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/miners"
)

StreamingLabelingProject(
    stack,
    "Froth",
    project_name="froth",
    task=LabelingTask.semantic_segmentation(
        labels=[Label(name="froth", color="#2acf59"), Label(name="launder")],
        title="Froth",
        description="Outline the froth",
    ),
    work_team=work_team,
    feature_engineering=FeatureEngineering.images(
        transforms=[ImageTransform.crop(width=512, height=512, top=10)]
    ),
)

StreamingLabelingProject(
    stack,
    "Bubbles",
    project_name="bubbles",
    task=LabelingTask.image_classification(
        labels=[Label(name="large"), Label(name="small")],
        title="Bubbles",
        description="Choose the size of most bubbles",
    ),
    work_team=work_team,
)

app.synth()
