import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'fs';
import { tmpdir } from 'os';
import { delimiter, dirname, join } from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { Aws, Connection, LOCAL_SECRET } from './aws';
import { freePort, LOOPBACK } from './ports';
import { Processes, RunningProcess } from './processes';
import { projectRoot, runnerFile } from './project-files';

/** One of the 12 Regions that have Ground Truth's built-in functions. */
export const DEFAULT_REGION = 'eu-west-1';
export const DEFAULT_ACCOUNT = '123456789012';

/** Another program may take the port between our asking for a free one and the emulator's listening. */
const ATTEMPTS = 3;
const START_TIMEOUT = 30_000;

export interface EmulatorOptions {
  readonly processes: Processes;
  /** The Python of `pythonEnvironment`. */
  readonly python: string;
  /** URL of the Ground Truth simulator, for all functions. Absent: functions cannot reach SageMaker. */
  readonly sagemakerEndpoint?: string;
  /** Default: `eu-west-1`. */
  readonly region?: string;
  /** 12 digits. Default: `123456789012`. */
  readonly account?: string;
  /** Whether functions have only the rights of their execution roles, and resource policies count. Default: true. */
  readonly enforceIam?: boolean;
  /** The `node_modules` where functions find what is not in their bundle, such as sharp. Default: the project's. */
  readonly nodeModules?: string;
  /** Further environment variables; all functions see them. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * An AWS emulator on 127.0.0.1. It runs Lambda functions as processes of this machine, with the Node that runs this.
 * It forgets everything when it stops.
 */
export class Emulator {
  /** Starts an emulator and waits until it answers. Throws, with the end of its log, when it does not. */
  public static async start(options: EmulatorOptions): Promise<Emulator> {
    for (let attempt = 1; ; attempt++) {
      const emulator = new Emulator(options, await freePort());
      try {
        await emulator.waitUntilReady();
        return emulator;
      } catch (error) {
        const portTaken = emulator.process.tail().includes('already in use');
        await emulator.stop();
        if (!portTaken || attempt === ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  public readonly connection: Connection;
  public readonly aws: Aws;
  private readonly folder: string;
  private readonly process: RunningProcess;

  private constructor(options: EmulatorOptions, port: number) {
    const { processes, python, region = DEFAULT_REGION, account = DEFAULT_ACCOUNT } = options;
    this.connection = { endpoint: `http://${LOOPBACK}:${port}`, region, account };
    this.aws = new Aws(this.connection);
    this.folder = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
    // Functions are unpacked below TMPDIR. Node looks for packages in parent folders before it looks into layers, so that
    // this machine's sharp is found and not the layer's, which is built for Lambda's processor.
    symlinkSync(options.nodeModules ?? join(projectRoot(), 'node_modules'), join(this.folder, 'node_modules'), 'dir');
    this.process = processes.start('AWS emulator', python, [runnerFile('emulator_launcher.py')], {
      env: {
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: this.folder, // no configuration of the user
        TMPDIR: this.folder,
        LANG: 'C.UTF-8',
        NODE_NO_WARNINGS: '1',
        BIND_HOST: LOOPBACK,
        MINISTACK_HOST: LOOPBACK, // in queue URLs and the addresses that custom resources answer to
        GATEWAY_PORT: String(port),
        MINISTACK_REGION: region,
        MINISTACK_ACCOUNT_ID: account,
        AWS_SECRET_ACCESS_KEY: LOCAL_SECRET,
        AWS_EC2_METADATA_DISABLED: 'true',
        AUTH: String(options.enforceIam ?? true),
        LAMBDA_EXECUTOR: 'local',
        PERSIST_STATE: '0',
        SFTP_ENABLED: '0',
        IOT_MTLS_ENABLED: '0',
        DOCKER_HOST: 'unix:///nonexistent',
        ...(options.sagemakerEndpoint === undefined ? {} : { AWS_ENDPOINT_URL_SAGEMAKER: options.sagemakerEndpoint }),
        ...options.env,
      },
    });
  }

  /** The last lines of its log, which has those of the functions in it. */
  public log(lines?: number): string {
    return this.process.tail(lines);
  }

  /** Stops it and all functions, and removes its files. */
  public async stop(): Promise<void> {
    this.aws.close();
    await this.process.stop();
    if (existsSync(this.folder)) {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT;
    while (Date.now() < deadline && this.process.exit === undefined) {
      const answer = await fetch(`${this.connection.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok && this.process.exit === undefined) {
        return;
      }
      await sleep(50);
    }
    const outcome = this.process.exit === undefined ? `did not answer within ${START_TIMEOUT / 1000} s` : `ended (${this.process.exit})`;
    throw new Error(`the AWS emulator ${outcome}; the end of its log:\n${this.log()}`);
  }
}
