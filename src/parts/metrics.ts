import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ChainNames } from './names';
import { METRIC, METRIC_DIMENSION, METRIC_NAMESPACE } from '../contract/events';

type MetricName = typeof METRIC[keyof typeof METRIC];

/** One of the project's own metrics. */
export function projectMetric(names: ChainNames, metricName: MetricName, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [METRIC_DIMENSION]: names.chain },
    statistic: Stats.SUM,
    ...options,
  });
}
