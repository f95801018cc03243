import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { projectMetric } from './metrics';
import { ProjectParts } from './resources';
import { METRIC } from '../contract/events';

interface AlarmSpec {
  readonly metric: IMetric;
  readonly description: string;
  /** Default: above 0. */
  readonly comparison?: ComparisonOperator;
  readonly threshold?: number;
  /** Default: fine. */
  readonly missing?: TreatMissingData;
}

/** The scheduler wakes the controller each minute. A quarter of an hour without a run means that nothing is fed or harvested. */
const SILENCE = Duration.minutes(15);

/** The alarms that say that the project needs somebody. They call nobody until the user adds an action. */
export class Alarms extends Construct {
  readonly all: Alarm[];

  constructor(scope: Construct, id: string, private readonly parts: ProjectParts, controller: Controller) {
    super(scope, id);
    const { intakeQueue, recorderQueue } = parts;
    const handler = controller.handler.function;
    this.all = [
      this.alarm('Alerts', {
        metric: projectMetric(parts.names, METRIC.ALERTS),
        description: 'raised an alert: its event, and the log of the controller, say why',
      }),
      this.alarm('DropsNotTaken', {
        metric: intakeQueue.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
        description: 'has drops that the intake could not work on: see its log, then redrive the dead-letter queue',
      }),
      this.alarm('LabelsNotRecorded', {
        metric: recorderQueue.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
        description: 'has labels that the recorder could not write: see its log, then redrive the dead-letter queue',
      }),
      this.alarm('ControllerFails', {
        metric: handler.metricErrors({ period: SILENCE }),
        description: 'has a controller that fails: see its log',
        threshold: 5,
        comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      }),
      this.alarm('ControllerSilent', {
        metric: handler.metricInvocations({ period: SILENCE }),
        description: 'has a controller that nothing wakes: is its schedule enabled, and may it call the function?',
        threshold: 1,
        comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
        missing: TreatMissingData.BREACHING,
      }),
    ];
  }

  private alarm(id: string, spec: AlarmSpec): Alarm {
    return new Alarm(this, id, {
      alarmDescription: `Streaming labeling project ${this.parts.names.projectName} ${spec.description}`,
      metric: spec.metric,
      threshold: spec.threshold ?? 0,
      comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }
}
