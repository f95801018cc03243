import { GroundTruthSimulator } from '../../../src/local/simulator';
import { SageMakerLabelingJobs, SageMakerSender } from '../../../src/runtime/aws/sagemaker-labeling-jobs';

/** Labeling jobs of the simulator, asked without HTTP but through the same requests and error rules as in AWS. */
export function memoryLabelingJobs(simulator: GroundTruthSimulator): SageMakerLabelingJobs {
  const operations: { readonly [command: string]: (input: never) => Promise<unknown> } = {
    CreateLabelingJobCommand: (input) => simulator.createLabelingJob(input),
    DescribeLabelingJobCommand: (input) => simulator.describeLabelingJob(input),
    StopLabelingJobCommand: (input) => simulator.stopLabelingJob(input),
    DescribeWorkteamCommand: (input) => simulator.describeWorkteam(input),
  };
  const send = async (command: { readonly input: object; readonly constructor: { readonly name: string } }): Promise<unknown> => {
    const operation = operations[command.constructor.name];
    if (operation === undefined) {
      throw new Error(`The simulator has no ${command.constructor.name}.`);
    }
    return operation(command.input as never);
  };
  const sender = { send } as unknown as SageMakerSender;
  return new SageMakerLabelingJobs(sender, sender);
}
