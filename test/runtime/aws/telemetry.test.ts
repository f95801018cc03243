import { ProjectTelemetry } from '../../../src/runtime/aws/telemetry';

describe('telemetry', () => {
  const lines: string[] = [];
  const written = () => lines.splice(0).map((line) => JSON.parse(line));

  beforeEach(() => {
    Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      jest.spyOn(console, method).mockImplementation((...said: unknown[]) => { lines.push(String(said[0])); });
    }
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_DEV;
    delete process.env.POWERTOOLS_METRICS_DISABLED;
    jest.restoreAllMocks();
  });

  it('leaves metrics under the project and no other dimension, once', () => {
    const telemetry = new ProjectTelemetry('froth');
    telemetry.count('ImagesSent', 3);
    telemetry.count('ImagesSent', 2);
    telemetry.count('Alerts', 1);
    telemetry.flush();
    telemetry.flush();
    const [line, ...more] = written();
    expect(more).toEqual([]);
    expect(line).toMatchObject({ Project: 'froth', ImagesSent: [3, 2], Alerts: 1 });
    expect(line._aws.CloudWatchMetrics).toEqual([{
      Namespace: 'StreamingLabeling', Dimensions: [['Project']], Metrics: [{ Name: 'ImagesSent', Unit: 'Count' }, { Name: 'Alerts', Unit: 'Count' }],
    }]);
  });

  it('keeps the dimension over flushes', () => {
    const telemetry = new ProjectTelemetry('froth');
    telemetry.count('Alerts', 1);
    telemetry.flush();
    written();
    telemetry.count('Alerts', 1);
    telemetry.flush();
    expect(written()).toMatchObject([{ Project: 'froth', _aws: { CloudWatchMetrics: [{ Dimensions: [['Project']] }] } }]);
  });

  it('logs with the project as the service', () => {
    const telemetry = new ProjectTelemetry('froth');
    telemetry.info('said', { n: 1 });
    telemetry.warn('warned');
    telemetry.error('failed', { error: 'x' });
    expect(written()).toMatchObject([
      { level: 'INFO', service: 'froth', message: 'said', n: 1 }, { level: 'WARN', message: 'warned' }, { level: 'ERROR', message: 'failed', error: 'x' },
    ]);
  });
});
