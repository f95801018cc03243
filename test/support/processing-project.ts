import { MemoryProject, MemoryProjectOptions } from './memory-project';
import { BATCH_FOLDER, BatchFile, PROCESSING_FOLDER, batchesPrefix } from '../../src/contract/processing';
import { ProcessingConfiguration, ProjectConfiguration } from '../../src/contract/project-configuration';
import { Instance, InstanceEnd, PipelineOptions } from '../../src/local/simulator';
import { pipelineDefinition } from '../../src/parts/pipeline-definition';
import { run } from '../../src/runtime/controller/controller';
import { ProcessingEngine } from '../../src/runtime/intake/processing-engine';
import { sendCommand } from '../../src/runtime/ledger/commands';
import { batchName } from '../../src/runtime/ledger/processing';
import { registerBatch } from '../../src/runtime/registrar/registrar';
import { World } from '../../src/runtime/world';
import { SERVICE_MODEL } from '../local/simulator/harness';
import { chunk, ihdr, rawPng } from '../runtime/images/samples';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function';

export const PROCESSING: ProcessingConfiguration = {
  kind: 'processing', batchSize: 16, batchWaitSeconds: 0, instanceCount: 2, timeLimitSeconds: 3_600, definition: 'first',
};

/** What the user's code makes of a drop: its text decides. */
export type Code = (text: string, drop: BatchFile['drops'][number]) => object | 'crash' | 'nothing';

/** A whole PNG of one pixel that says something. */
export function pngOf(text: string): Buffer {
  return rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0]), [chunk('tEXt', Buffer.from(`Comment\0${text}`, 'latin1'))]);
}

export const textOf = (png: Uint8Array): string => /Comment\0(.*?)(?=.{4}IDAT)/s.exec(Buffer.from(png).toString('latin1'))![1].slice(0, -4);

/** The drop itself is its image. */
export const COPY: Code = () => ({ images: [{ file: 'SELF' }] });

/** Code that fails the whole instance where a drop says `crash`, and reports an error or a rejection where it says so. */
export const SIMPLE: Code = (text) => text.startsWith('crash') ? 'crash'
  : text.startsWith('error') ? { error: `cannot: ${text}` }
    : text.startsWith('reject') ? { reject: { reason: 'too-dark' } }
      : text.startsWith('nothing') ? 'nothing' : { images: [{ file: 'SELF' }] };

/** Runs code as a container would: all or nothing of an instance. */
function instanceOf(code: Code): (instance: Instance) => Promise<InstanceEnd> {
  return async ({ files }) => {
    const batch = JSON.parse(Buffer.from(files.get(`${PROCESSING_FOLDER.BATCH}/batch.json`)!).toString()) as BatchFile;
    const out = new Map<string, Uint8Array>();
    let crashed = false;
    for (const drop of batch.drops) {
      const bytes = files.get(`${PROCESSING_FOLDER.DROPS}/${drop.file}`);
      if (!bytes) {
        continue;
      }
      const result = code(textOf(bytes), drop);
      if (result === 'crash') {
        crashed = true;
        break;
      }
      if (result !== 'nothing') {
        out.set(`${PROCESSING_FOLDER.OUTPUT}/images/${drop.file}`, bytes);
        out.set(`${PROCESSING_FOLDER.OUTPUT}/results/${drop.file}.json`, Buffer.from(JSON.stringify({ contractVersion: 1, ...result }).replace('SELF', `images/${drop.file}`)));
      }
    }
    return { exitCode: crashed ? 137 : 0, files: out };
  };
}

export interface ProcessingProjectOptions extends Omit<MemoryProjectOptions, 'pipelines'> {
  readonly processing?: Partial<ProcessingConfiguration>;
  readonly pipelines?: Partial<PipelineOptions>;
  readonly code?: Code;
  /** The drops do not go through the pipeline: each is an image as it is. */
  readonly plain?: boolean;
}

/** A project whose drops go through a pipeline, all of it in memory. */
export async function processingProject(options: ProcessingProjectOptions = {}): Promise<MemoryProject> {
  const featureEngineering = { ...PROCESSING, ...options.processing };
  const configuration: Partial<ProjectConfiguration> = { featureEngineering, ...options.configuration };
  const engine = options.plain ? undefined : (world: World) => new ProcessingEngine(world);
  const pipelines = { awaitsWork: true, serviceModelPath: SERVICE_MODEL, ...options.pipelines };
  const project = await MemoryProject.create({ ...options, pipelines, configuration, engine });
  const { pipelineSimulator, pipelineHost } = project.outside;
  const { resources } = project.world;
  const isProcessing = project.configuration.featureEngineering.kind === 'processing';
  pipelineSimulator.putPipeline(resources.pipelineName!, JSON.stringify(pipelineDefinition({
    startFunctionArn: `${FUNCTION}:controller`,
    processing: isProcessing ? {
      roleArn: 'arn:aws:iam::111122223333:role/processing', imageUri: 'image', entrypoint: ['python3', `${PROCESSING_FOLDER.CODE}/main.py`], arguments: [],
      environment: {}, instanceType: 'ml.m5.large', instanceCount: 2, volumeSizeGiB: 30, timeLimitSeconds: 3_600,
      batchesUri: `s3://${resources.inputBucket}/${batchesPrefix(resources.projectId)}`, registerFunctionArn: `${FUNCTION}:registrar`,
    } : undefined,
  })));
  useCode(project, options.code ?? SIMPLE);
  pipelineHost.onInvoke = async (arn, payload) => {
    if (arn.endsWith(':registrar')) {
      const { batch } = payload as { batch: string };
      return registerBatch(project.world, project.configuration, batch, project.clock.now() + 600_000);
    }
    await sendCommand(project.world.ledger, 'start', 'pipeline', { execution: (payload as { execution: string }).execution });
    return { did: (await run(project.world, 'pipeline')).join(', ') };
  };
  return project;
}

export function useCode(project: MemoryProject, code: Code): void {
  project.outside.pipelineHost.onInstance = instanceOf(code);
}

/** The batches so far, as the code was told of them. */
export function batchesOf(project: MemoryProject): { readonly texts: string[]; readonly status: string }[] {
  const { resources } = project.world;
  return project.outside.pipelineSimulator.executions().filter(({ displayName }) => displayName?.startsWith('batch-')).map((execution) => {
    const number = Number(execution.displayName!.slice('batch-'.length));
    const key = `${batchesPrefix(resources.projectId)}${batchName(number)}/${BATCH_FOLDER.INPUT}batch.json`;
    const file = JSON.parse(project.outside.cloud.buckets.read(resources.inputBucket, key).body.toString()) as BatchFile;
    return { texts: file.drops.map(({ drop }) => drop.key).sort(), status: execution.status };
  });
}
