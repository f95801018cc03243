import { Architecture, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Problems } from './parts/problems';
import { SHARP_ARCHITECTURES, sharpLayerProps } from './parts/sharp-layer';

/** Properties of a layer with sharp. */
export interface SharpLayerProps {
  /**
   * Processor architecture of the functions that use it.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;
}

/**
 * The image library [sharp](https://sharp.pixelplumbing.com/), ready for Node.js functions of yours: the same release that the project
 * itself uses. Nothing is installed or compiled when you synthesize. A bundler must leave `sharp` out of the function's code.
 */
export class SharpLayer extends LayerVersion {
  constructor(scope: Construct, id: string, props: SharpLayerProps = {}) {
    const { architecture = Architecture.ARM_64 } = props;
    const problems = new Problems(`SharpLayer '${id}'`);
    if (!SHARP_ARCHITECTURES.some(({ name }) => name === architecture.name)) {
      problems.add(`architecture is '${architecture.name}'; it must be Architecture.ARM_64 or Architecture.X86_64`);
    }
    problems.throwIfAny();
    super(scope, id, sharpLayerProps(architecture));
  }
}
