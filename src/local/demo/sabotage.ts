import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { projectRoot, StackArtifact, uploadAssets } from '../runner';
import { Sabotage } from './options';
import { Stage } from './stage';
import { esbuild } from './synthesis';

/** What each breaks: the function that is replaced, and in words. */
export const SABOTAGED: { readonly [name in Sabotage]: { readonly function: RegExp; readonly effect: string } } = {
  forget: { function: /IntakeHandlerFunction/, effect: 'the intake forgets what is dropped while no job runs' },
  resend: { function: /ControllerHandlerFunction/, effect: 'the controller offers each image a second time under another id' },
};

/**
 * The stack with a broken build of one function in place of the right one. The broken build is made here, so that it is never
 * shipped.
 */
export async function sabotage(stage: Stage, stack: StackArtifact, name: Sabotage): Promise<StackArtifact> {
  const { Resources } = stack.template;
  const target = Object.keys(Resources).find(id => Resources[id].Type === 'AWS::Lambda::Function' && SABOTAGED[name].function.test(id));
  if (target === undefined) {
    throw new Error(`the stack has no function like ${String(SABOTAGED[name].function)}, which the sabotage "${name}" replaces`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
  try {
    await esbuild(stage.processes, `building the sabotage "${name}"`, [
      join(projectRoot(), 'src', 'local', 'demo', 'sabotage', `${name}.ts`),
      '--bundle', '--platform=node', '--format=cjs', '--target=node20', '--external:sharp', `--outfile=${join(folder, 'index.js')}`,
    ]);
    const asset = { path: folder, packaging: 'zip', bucket: stack.assets[0].bucket, key: `sabotage-${name}.zip` } as const;
    await uploadAssets(stage.emulator, [asset]);
    const Properties = { ...Resources[target].Properties, Code: { S3Bucket: asset.bucket, S3Key: asset.key } };
    const sabotaged = { ...Resources, [target]: { ...Resources[target], Properties } };
    return { ...stack, template: { ...stack.template, Resources: sabotaged } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
