"""Feature engineering by a function of your own, in Python.

Pillow has to lie beside the function's code. Once, and after each change of its version:

    pip install --target function --platform manylinux2014_aarch64 --only-binary=:all: --python-version 3.13 pillow
"""
from pathlib import Path

from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.aws_lambda import Architecture, Code, Function, Runtime
from cdk_streaming_labeling import FeatureEngineering, Label, LabelingTask, StreamingLabelingProject, WorkTeam

app = App()
stack = Stack(app, "Hook", env=Environment(account="111122223333", region="eu-west-1"))

crop = Function(
    stack,
    "Crop",
    code=Code.from_asset(str(Path(__file__).parent / "function")),
    handler="crop.handler",
    runtime=Runtime.PYTHON_3_13,
    architecture=Architecture.ARM_64,
    memory_size=2048,
    timeout=Duration.minutes(1),
)

StreamingLabelingProject(
    stack,
    "Froth",
    project_name="froth",
    task=LabelingTask.semantic_segmentation(
        title="Froth",
        description="Outline the froth",
        labels=[Label(name="froth", color="#2acf59"), Label(name="launder")],
    ),
    work_team=WorkTeam.from_work_team_arn(
        stack, "Team", "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/froth"
    ),
    feature_engineering=FeatureEngineering.from_function(crop),
)

app.synth()
