import { Architecture, Code, LayerVersionProps } from 'aws-cdk-lib/aws-lambda';
import { assetPath } from './project-function';

/** Those that there is a layer with sharp for. */
export const SHARP_ARCHITECTURES: readonly Architecture[] = [Architecture.ARM_64, Architecture.X86_64];

/** sharp, installed for Lambda. */
export function sharpLayerProps(architecture: Architecture): LayerVersionProps {
  return {
    code: Code.fromAsset(assetPath(`sharp-layer-${architecture.name}`)),
    compatibleArchitectures: [architecture],
    description: 'sharp, which decodes and encodes images',
  };
}
