import { JsonObject } from '../json';
import { parseS3Uri } from '../s3-uri';
import { InstanceEnd, PipelineHost } from './host';

interface S3Input {
  readonly S3Uri: string;
  readonly LocalPath: string;
  readonly S3DataType: 'S3Prefix' | 'ManifestFile';
  readonly S3DataDistributionType?: 'FullyReplicated' | 'ShardedByS3Key';
}

interface S3Output {
  readonly S3Uri: string;
  readonly LocalPath: string;
}

/** A processing job as it is asked for, with all references resolved. */
export interface ProcessingArguments {
  readonly AppSpecification: {
    readonly ImageUri: string; readonly ContainerEntrypoint?: readonly string[]; readonly ContainerArguments?: readonly string[];
  };
  readonly Environment?: Readonly<Record<string, string>>;
  readonly ProcessingResources: { readonly ClusterConfig: { readonly InstanceCount: number | string } };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds: number };
  readonly ProcessingInputs?: readonly { readonly InputName: string; readonly S3Input: S3Input }[];
  readonly ProcessingOutputConfig?: { readonly Outputs: readonly { readonly OutputName: string; readonly S3Output: S3Output }[] };
  readonly [member: string]: unknown;
}

export interface ProcessingEnd {
  readonly ok: boolean;
  readonly reason?: string;
  /** What is left to be done when the job's time is over: outputs are uploaded at its end. */
  readonly finish?: () => Promise<void>;
}

/** Outputs are uploaded when all instances have ended; whether also after a failure is an option. */
export interface ProcessingRules {
  readonly uploadsAfterFailure: boolean;
}

/** Runs a processing job: deals the inputs out and runs all instances. What they leave is uploaded when the job ends. */
export async function runProcessing(
  host: PipelineHost, given: JsonObject, rules: ProcessingRules, signal: AbortSignal,
): Promise<ProcessingEnd> {
  const job = given as unknown as ProcessingArguments;
  const count = Number(job.ProcessingResources.ClusterConfig.InstanceCount);
  const shares: Map<string, Uint8Array>[] = Array.from({ length: count }, () => new Map());
  try {
    for (const { S3Input } of job.ProcessingInputs ?? []) {
      await download(host, S3Input, shares);
    }
  } catch (error) {
    return { ok: false, reason: `ClientError: Data download failed: ${(error as Error).message}` };
  }
  const outputs = (job.ProcessingOutputConfig?.Outputs ?? []).map(({ S3Output }) => S3Output);
  const ends = await Promise.all(shares.map((files, number) => host.runInstance({
    number, count, files, signal,
    imageUri: job.AppSpecification.ImageUri,
    entrypoint: job.AppSpecification.ContainerEntrypoint ?? [],
    args: job.AppSpecification.ContainerArguments ?? [],
    environment: job.Environment ?? {},
    folders: (job.ProcessingInputs ?? []).map(({ S3Input }) => S3Input.LocalPath),
    outputs: outputs.map(({ LocalPath }) => LocalPath),
  })));
  const failed = ends.find(({ exitCode }) => exitCode !== 0);
  const finish = !failed || rules.uploadsAfterFailure ? () => upload(host, outputs, ends) : undefined;
  return failed ? { ok: false, reason: `AlgorithmError: , exit code: ${failed.exitCode}${failed.log ? `; ${failed.log.slice(-300)}` : ''}`, finish } : { ok: true, finish };
}

async function download(
  host: PipelineHost, { S3Uri, LocalPath, S3DataType, S3DataDistributionType }: S3Input, shares: Map<string, Uint8Array>[],
): Promise<void> {
  const { bucket, key } = parse(S3Uri);
  const objects = S3DataType === 'ManifestFile'
    ? await manifest(host, bucket, key)
    : (await host.listObjects(bucket, key)).map(one => ({ bucket, key: one, name: nameBelow(key, one) }));
  if (objects.length === 0) {
    throw new Error(`No S3 objects found under S3 URL "${S3Uri}"`);
  }
  for (const [index, object] of objects.entries()) {
    const body = await host.readObject(object.bucket, object.key);
    const takers = S3DataDistributionType === 'ShardedByS3Key' ? [shares[index % shares.length]] : shares;
    takers.forEach(files => files.set(`${LocalPath}/${object.name}`, body));
  }
}

/** A single object is known by its own name, a folder's by what follows the prefix. */
function nameBelow(prefix: string, key: string): string {
  return prefix === key ? key.slice(key.lastIndexOf('/') + 1) : key.slice(prefix.endsWith('/') ? prefix.length : prefix.length + 1);
}

async function manifest(host: PipelineHost, bucket: string, key: string): Promise<{ bucket: string; key: string; name: string }[]> {
  const [head, ...names] = JSON.parse(Buffer.from(await host.readObject(bucket, key)).toString()) as [{ prefix: string }, ...string[]];
  const from = parse(head.prefix);
  return names.map(name => ({ bucket: from.bucket, key: `${from.key}${name}`, name }));
}

async function upload(host: PipelineHost, outputs: readonly S3Output[], ends: readonly InstanceEnd[]): Promise<void> {
  for (const { S3Uri, LocalPath } of outputs) {
    const { bucket, key } = parse(S3Uri);
    for (const { files } of ends) {
      for (const [path, body] of files) {
        if (path.startsWith(`${LocalPath}/`)) {
          await host.writeObject(bucket, `${key}${path.slice(LocalPath.length)}`, body);
        }
      }
    }
  }
}

function parse(uri: string): { bucket: string; key: string } {
  const parsed = parseS3Uri(uri);
  if (!parsed) {
    throw new Error(`${uri} is no S3 address`);
  }
  return parsed;
}
