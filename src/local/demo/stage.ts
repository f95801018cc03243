import { ENVIRONMENT } from '../../contract/environment';
import { Timings } from '../../contract/timings';
import {
  DEFAULT_ACCOUNT, DEFAULT_REGION, Emulator, FaultProxy, freePort, LocalPipelineHost, Processes, pythonEnvironment, SimulatedWorkers,
} from '../runner';
import { GroundTruthSimulator, PipelineOptions, PipelineSimulator, SimulatorOptions, SimulatorServer, SystemClock } from '../simulator';
import { AwsCloud } from '../simulator/aws-cloud';

/** Minutes of the service, in seconds that nobody minds waiting. Unit: milliseconds. */
const SERVICE_TIMES = {
  initializingTime: 2_000,
  stoppingTime: 2_000,
  manifestRefreshPeriod: 3_000,
  manifestFinalityDelay: 1_000,
  counterDelay: 1_000,
  listConsistencyDelay: 500,
} as const;

/** The waits of the control loop that are minutes in AWS. Unit: milliseconds. */
const CONTROL_TIMES: Partial<Timings> = {
  settleQuiet: 4_000,
  settleInterval: 1_000,
  listingGap: 1_000,
  harvestInterval: 3_000,
  dataSetInterval: 2_000,
  sweepInterval: 20_000,
  sweepMinimumAge: 10_000,
};

/** Between two steps of the simulator. Unit: milliseconds. */
const STEP = 200;

/** Troubles that are kept for an error message. */
const TROUBLES_KEPT = 5;

export interface StageOptions {
  readonly processes: Processes;
  /** What the simulator does differently. */
  readonly simulator?: Partial<SimulatorOptions>;
  /** What the simulated pipelines do differently. */
  readonly pipelines?: Partial<PipelineOptions>;
  /** Stands between the functions and everything else. Default: nothing does. */
  readonly faults?: FaultProxy;
  /** Waits of the control loop that differ from `CONTROL_TIMES`. Unit: milliseconds. */
  readonly timings?: Partial<Timings>;
  /** Told, in one line each, what takes long. */
  readonly progress?: (line: string) => void;
}

/** All that stands in for AWS: the emulator, Ground Truth's simulator beside it, and people who label. */
export class Stage {
  public static async start(options: StageOptions): Promise<Stage> {
    const python = await pythonEnvironment(options);
    const stage = new Stage(options.processes, python);
    try {
      await stage.open(options);
      return stage;
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  public emulator!: Emulator;
  public simulator!: GroundTruthSimulator;
  public pipelines!: PipelineSimulator;
  /** Instances of processing jobs so far: how many had how many files. */
  public readonly instances: { readonly count: number; readonly files: number }[] = [];
  /** URL of the simulator. */
  public simulatorEndpoint!: string;
  public workers!: SimulatedWorkers;
  private cloud?: AwsCloud;
  private server?: SimulatorServer;
  private readonly troubles: string[] = [];

  private constructor(public readonly processes: Processes, private readonly python: string) {}

  /** What failed behind the scenes, and the end of the emulator's log: for the message of a run that went wrong. */
  public log(lines?: number): string {
    return [...this.troubles, this.emulator?.log(lines) ?? ''].join('\n').trim();
  }

  /** Stops everything that was started. Does nothing the second time. */
  public async stop(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
    this.cloud?.destroy();
    await this.workers?.stop();
    await this.emulator?.stop();
  }

  private async open({ simulator = {}, pipelines = {}, faults, timings }: StageOptions): Promise<void> {
    const { processes, python } = this;
    const port = await freePort(); // the functions must know it before the simulator knows where the emulator is
    this.simulatorEndpoint = `http://127.0.0.1:${port}`;
    this.emulator = await Emulator.start({
      processes, python, sagemakerEndpoint: this.simulatorEndpoint,
      env: { [ENVIRONMENT.TIMINGS]: JSON.stringify({ ...CONTROL_TIMES, ...timings }), ...faults?.environment },
    });
    const { endpoint } = this.emulator.connection;
    faults?.forwardTo({ aws: endpoint, sagemaker: this.simulatorEndpoint });
    this.cloud = new AwsCloud({
      endpoint, region: DEFAULT_REGION, credentials: { accessKeyId: DEFAULT_ACCOUNT, secretAccessKey: 'local' }, checkCors: true,
    });
    this.simulator = new GroundTruthSimulator(this.cloud, new SystemClock(), {
      ...SERVICE_TIMES, region: DEFAULT_REGION, account: DEFAULT_ACCOUNT, ...simulator,
      onCloudError: error => this.note(error),
    });
    const host = new LocalPipelineHost({
      aws: this.emulator.aws, processes, python, onInstance: ({ count, files }) => this.instances.push({ count, files: files.size }),
    });
    this.pipelines = new PipelineSimulator(host, new SystemClock(), {
      region: DEFAULT_REGION, account: DEFAULT_ACCOUNT, ...pipelines,
    });
    this.server = await SimulatorServer.start({
      simulator: this.simulator, pipelines: this.pipelines, port, stepEvery: STEP, onError: error => this.note(error),
    });
    this.workers = SimulatedWorkers.start({ processes, python, aws: this.emulator.aws });
  }

  private note(error: unknown): void {
    this.troubles.push(`Ground Truth simulator: ${error instanceof Error ? error.message : String(error)}`);
    this.troubles.splice(0, this.troubles.length - TROUBLES_KEPT);
  }
}
