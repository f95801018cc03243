import { resolveValue, Resolution } from './resolve';
import { Template } from './template';

/** The type of resource that the emulator does not have and the simulator runs. */
const PIPELINE = 'AWS::SageMaker::Pipeline';

/** A pipeline as the template defines it, with the names that its resources got. */
export interface DeployedPipeline {
  readonly name: string;
  /** `PipelineDefinitionBody`: what runs is what the template says, and nothing else. */
  readonly definition: string;
}

/** The pipelines of a template that was deployed. */
export function deployedPipelines(template: Template, resolution: Resolution): DeployedPipeline[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === PIPELINE).map(({ Properties = {} }) => {
    const { PipelineName, PipelineDefinition } = resolveValue(Properties, resolution) as {
      PipelineName: string; PipelineDefinition: { PipelineDefinitionBody: string };
    };
    return { name: PipelineName, definition: PipelineDefinition.PipelineDefinitionBody };
  });
}
