import * as fs from 'fs';
import * as path from 'path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { IGrantable, IPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnFunction, Code, Function as LambdaFunction, ILayerVersion, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Keys } from './keys';

/** What all functions of a project share. */
export interface FunctionDefaults {
  readonly architecture: Architecture;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly environment: { readonly [name: string]: string };
  readonly keys: Keys;
}

export interface ProjectFunctionProps {
  /** Folder in `assets/`. */
  readonly asset: string;
  readonly description: string;
  readonly timeout: Duration;
  /** Unit: MB. */
  readonly memorySize: number;
  readonly environment?: { readonly [name: string]: string };
  readonly layers?: ILayerVersion[];
}

/** What a function needs that decodes images: enough for the largest one that passes the gate. */
export const DECODING = {
  memorySize: 3008,
  // one heap for each thread would keep freed memory of decoded images
  environment: { MALLOC_ARENA_MAX: '2' },
} as const;

const ASSETS = path.join(__dirname, '..', '..', 'assets');

/** The folder of an asset that is made when the package is built. */
export function assetPath(name: string): string {
  const folder = path.join(ASSETS, name);
  if (!fs.existsSync(folder)) {
    throw new Error(`the package is incomplete: ${folder} is missing; in a clone of the repository, run 'npx projen bundle' and 'npx projen sharp-layer'`);
  }
  return folder;
}

/** A function with its own role and log, and no permission but to write that log and to use the keys. */
export class ProjectFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, props: ProjectFunctionProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Log', { retention: defaults.logRetention, removalPolicy: defaults.removalPolicy });
    logGroup.grantWrite(role);
    defaults.keys.grant(role);
    this.grantPrincipal = role;
    this.function = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(assetPath(props.asset)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: defaults.architecture,
      description: props.description,
      timeout: props.timeout,
      memorySize: props.memorySize,
      layers: props.layers,
      environment: { ...defaults.environment, ...props.environment },
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
    });
  }

  /** Lets it decode images, whatever it was made for. */
  decode(sharp: ILayerVersion): void {
    this.function.addLayers(sharp);
    (this.function.node.defaultChild as CfnFunction).memorySize = DECODING.memorySize;
    Object.entries(DECODING.environment).forEach(([name, value]) => this.function.addEnvironment(name, value));
  }

  /** Allows actions on resources. */
  allow(actions: string[], resources: string[], conditions?: { [operator: string]: unknown }): void {
    this.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources, conditions }));
  }
}
