import { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../contract/events';
import { Telemetry } from '../ports';

/**
 * Structured log lines and metrics of one project. Metrics leave with `flush`, as one line in the log: call it before a handler
 * returns.
 */
export class ProjectTelemetry implements Telemetry {
  private readonly metrics: Metrics;

  public constructor(projectName: string, private readonly logger: Logger = new Logger({ serviceName: projectName })) {
    this.metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: projectName });
    // the tool adds a dimension of its own, with which nobody would find the metrics under the project alone
    this.metrics.clearDefaultDimensions();
    this.metrics.setDefaultDimensions({ [METRIC_DIMENSION]: projectName });
  }

  public count(metric: string, value: number): void {
    this.metrics.addMetric(metric, MetricUnit.Count, value);
  }

  public info(message: string, detail: object = {}): void {
    this.logger.info(message, { ...detail });
  }

  public warn(message: string, detail: object = {}): void {
    this.logger.warn(message, { ...detail });
  }

  public error(message: string, detail: object = {}): void {
    this.logger.error(message, { ...detail });
  }

  public flush(): void {
    if (this.metrics.hasStoredMetrics()) {
      this.metrics.publishStoredMetrics();
    }
  }
}
