import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { delimiter, dirname, join } from 'path';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3';
import { Instance, InstanceEnd, PipelineHost } from '../simulator';
import { Aws } from './aws';
import { Processes } from './processes';

/** Where SageMaker puts everything within a container. Here it is a folder for each instance. */
const ROOT = '/opt/ml/processing';

export interface LocalPipelineHostOptions {
  readonly aws: Aws;
  readonly processes: Processes;
  /** The Python that scripts run with, whatever the container would have. */
  readonly python: string;
  /** Told of each instance that starts. */
  readonly onInstance?: (instance: Instance) => void;
}

/**
 * Runs pipelines on this machine: functions in the emulator, containers as processes in a folder of their own, with all their paths
 * below `/opt/ml/processing` turned to it. The image itself is not run: what it would bring along must be here.
 */
export class LocalPipelineHost implements PipelineHost {
  public constructor(private readonly options: LocalPipelineHostOptions) {}

  public async invoke(functionArn: string, payload: unknown): Promise<unknown> {
    const { aws } = this.options;
    const answer = await aws.lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(payload)) }));
    const text = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError !== undefined) {
      throw new Error(`${functionArn} failed: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  public async runInstance(instance: Instance): Promise<InstanceEnd> {
    const { number, entrypoint, args, environment, files, folders, outputs, signal } = instance;
    this.options.onInstance?.(instance);
    const folder = mkdtempSync(join(tmpdir(), `instance-${number}-`));
    const here = (path: string) => path.replaceAll(ROOT, folder);
    try {
      [...folders, ...outputs].forEach(path => mkdirSync(here(path), { recursive: true }));
      for (const [path, body] of files) {
        mkdirSync(dirname(here(path)), { recursive: true });
        writeFileSync(here(path), body);
      }
      const [program, ...rest] = [...entrypoint, ...args].map(here);
      const child = this.options.processes.start(`instance ${number}`, program, rest, {
        cwd: folder,
        env: {
          PATH: [dirname(this.options.python), process.env.PATH].join(delimiter), TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1',
          ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)])),
        },
      });
      child.stdin.end();
      signal.addEventListener('abort', () => child.kill(), { once: true });
      const outcome = await child.ended;
      return { exitCode: typeof outcome === 'number' ? outcome : 137, log: child.tail(), files: readAll(folder, outputs.map(here)) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  public async readObject(bucket: string, key: string): Promise<Uint8Array> {
    const { Body } = await this.options.aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body!.transformToByteArray();
  }

  public async writeObject(bucket: string, key: string, body: Uint8Array): Promise<void> {
    await this.options.aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  public async listObjects(bucket: string, prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.options.aws.s3 }, { Bucket: bucket, Prefix: prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys;
  }
}

/** Files below folders, under the paths that the container knows them by. */
function readAll(root: string, folders: readonly string[]): Map<string, Uint8Array> {
  return new Map(folders.flatMap(folder => readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .map((path): [string, Uint8Array] => [path.replace(root, ROOT), readFileSync(path)])));
}
