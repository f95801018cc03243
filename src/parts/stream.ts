import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ITopic, Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface StreamProps {
  readonly inputTopic?: ITopic;
  readonly outputTopic?: ITopic;
  readonly encryptionKey?: IKey;
}

/**
 * The topics between the project and Ground Truth: images go in, labels come out.
 *
 * Who may publish and subscribe is said by the roles of the controller and of Ground Truth; the topics themselves only refuse what is
 * not sent over TLS.
 */
export class Stream extends Construct {
  readonly inputTopic: ITopic;
  readonly outputTopic: ITopic;

  constructor(scope: Construct, id: string, private readonly props: StreamProps) {
    super(scope, id);
    this.inputTopic = props.inputTopic ?? this.topic('InputTopic');
    this.outputTopic = props.outputTopic ?? this.topic('OutputTopic');
  }

  /** Sends each label message to the queue, as Ground Truth wrote it. */
  deliverLabels(queue: IQueue): void {
    const topicArn = this.outputTopic.topicArn;
    queue.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': topicArn } },
    }));
    new Subscription(this, 'Labels', {
      topic: this.outputTopic,
      protocol: SubscriptionProtocol.SQS,
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
    });
  }

  private topic(id: string): Topic {
    return new Topic(this, id, { enforceSSL: true, masterKey: this.props.encryptionKey });
  }
}
