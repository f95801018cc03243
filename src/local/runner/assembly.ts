import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { Connection } from './aws';
import { Processes, run } from './processes';
import { Template } from './template';

/** An app to synthesize. */
export interface AppCommand {
  /** The program and its arguments, such as `['node', 'app.js']`. */
  readonly command: readonly string[];
  /** Default: the folder of this process. */
  readonly cwd?: string;
  /** Context values of the CDK. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A file or a folder that the template refers to. */
export interface Asset {
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
}

/** A stack of a cloud assembly. */
export interface StackArtifact {
  readonly id: string;
  readonly stackName: string;
  readonly template: Template;
  readonly assets: readonly Asset[];
}

interface ArtifactManifest {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, {
    readonly source: { readonly path?: string; readonly packaging?: 'file' | 'zip'; readonly executable?: unknown };
    readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>;
  }>>;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/** Runs a CDK app; its assembly appears in `outdir`. */
export async function synthesize(processes: Processes, app: AppCommand, outdir: string, { region, account }: Connection): Promise<void> {
  const [program, ...args] = app.command;
  await run(processes, 'synthesizing the app', program, args, {
    cwd: app.cwd,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_DEFAULT_ACCOUNT: account,
      CDK_DEFAULT_REGION: region,
      CDK_CONTEXT_JSON: JSON.stringify(app.context ?? {}),
      ...app.env,
    },
  });
  if (!existsSync(join(outdir, 'manifest.json'))) {
    throw new Error(`${app.command.join(' ')} wrote no cloud assembly to CDK_OUTDIR (${outdir}); does the app call synth()?`);
  }
}

/** All stacks of a cloud assembly, in the order in which they can be deployed. */
export function readAssembly(folder: string, connection: Connection): StackArtifact[] {
  const { artifacts = {} } = readJson(join(folder, 'manifest.json')) as { artifacts?: Readonly<Record<string, ArtifactManifest>> };
  const isStack = (id: string) => artifacts[id]?.type === 'aws:cloudformation:stack';
  const order: string[] = [];
  const visit = (id: string) => {
    if (!order.includes(id)) {
      (artifacts[id]?.dependencies ?? []).forEach(visit);
      order.push(id);
    }
  };
  Object.keys(artifacts).forEach(visit);
  return order.filter(isStack).map(id => {
    const { properties = {}, dependencies = [] } = artifacts[id];
    const manifests = dependencies.filter(other => artifacts[other]?.type === 'cdk:asset-manifest');
    return {
      id,
      stackName: properties.stackName ?? id,
      template: readJson(join(folder, properties.templateFile!)) as Template,
      assets: manifests.flatMap(other => readAssets(folder, artifacts[other].properties!.file!, connection)),
    };
  });
}

function readAssets(folder: string, file: string, connection: Connection): Asset[] {
  const { files = {}, dockerImages = {} } = readJson(join(folder, file)) as AssetManifest;
  const images = Object.keys(dockerImages);
  if (images.length > 0) {
    throw new Error(`the local run has no Docker, and the app has container images (${images.join(', ')})`);
  }
  return Object.values(files).flatMap(({ source, destinations }) => Object.values(destinations).map(destination => {
    if (source.path === undefined) {
      throw new Error(`asset ${destination.objectKey} is made by a command; the local run uploads files and folders only`);
    }
    return {
      path: join(folder, source.path),
      packaging: source.packaging ?? 'file',
      bucket: substitute(destination.bucketName, connection),
      key: destination.objectKey,
    };
  }));
}

/** The bucket of `cdk bootstrap` is named after the account and the Region; the template computes the same name. */
function substitute(name: string, { region, account }: Connection): string {
  return name.replaceAll('${AWS::AccountId}', account).replaceAll('${AWS::Region}', region).replaceAll('${AWS::Partition}', 'aws');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
