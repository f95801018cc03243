import { Instance, InstanceEnd, MemoryBuckets, PipelineHost, PipelineSimulator } from '../../../src/local/simulator';
import { SageMakerPipelines, SageMakerSender } from '../../../src/runtime/aws/sagemaker-pipelines';

/** Pipelines of the simulator, asked without HTTP but through the same requests and error rules as in AWS. */
export function memoryPipelines(simulator: PipelineSimulator): SageMakerPipelines {
  const operations: { readonly [command: string]: (input: never) => Promise<unknown> } = {
    StartPipelineExecutionCommand: (input) => simulator.startPipelineExecution(input),
    DescribePipelineExecutionCommand: (input) => simulator.describePipelineExecution(input),
    ListPipelineExecutionStepsCommand: (input) => simulator.listPipelineExecutionSteps(input),
    StopPipelineExecutionCommand: (input) => simulator.stopPipelineExecution(input),
  };
  const send = async (command: { readonly input: object; readonly constructor: { readonly name: string } }): Promise<unknown> =>
    operations[command.constructor.name](command.input as never);
  return new SageMakerPipelines({ send } as unknown as SageMakerSender);
}

/** Pipelines over the buckets of the memory cloud. What functions and containers do is for the test to say. */
export class MemoryPipelineHost implements PipelineHost {
  public onInvoke: (functionArn: string, payload: unknown) => Promise<unknown>;
  public onInstance: (instance: Instance) => Promise<InstanceEnd>;

  public constructor(private readonly buckets: MemoryBuckets) {
    this.onInvoke = async () => ({});
    this.onInstance = async () => ({ exitCode: 0, files: new Map() });
  }

  public invoke(functionArn: string, payload: unknown): Promise<unknown> {
    return this.onInvoke(functionArn, payload);
  }

  public runInstance(instance: Instance): Promise<InstanceEnd> {
    return this.onInstance(instance);
  }

  public async readObject(bucket: string, key: string): Promise<Uint8Array> {
    return this.buckets.read(bucket, key).body;
  }

  public async writeObject(bucket: string, key: string, body: Uint8Array): Promise<void> {
    this.buckets.store(bucket, key, body, {});
  }

  public async listObjects(bucket: string, prefix: string): Promise<string[]> {
    return this.buckets.peekKeys(bucket, prefix);
  }
}
