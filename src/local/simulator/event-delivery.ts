import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand, Rule, Target } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CloudEvent } from './cloud';
import { isJsonObject, JsonValue, parseJsonObject } from './json';

/**
 * Delivers events of AWS services to the targets of the default bus's rules.
 *
 * The bus itself takes no events whose source begins with `aws.` from anybody but AWS. So the rules are read, and functions and
 * queues are called as the bus would call them. Other kinds of targets, and inputs that are transformed, are left out.
 */
export class EventDelivery {
  public constructor(
    private readonly events: EventBridgeClient,
    private readonly lambda: LambdaClient,
    private readonly sqs: SQSClient,
  ) {}

  public async deliver(event: CloudEvent): Promise<void> {
    for (const rule of await this.rules()) {
      const pattern = rule.State !== 'DISABLED' && rule.EventPattern !== undefined ? parseJsonObject(rule.EventPattern) : undefined;
      if (pattern && matchesPattern(pattern, event as unknown as JsonValue)) {
        const { Targets } = await this.events.send(new ListTargetsByRuleCommand({ Rule: rule.Name }));
        for (const target of Targets ?? []) {
          await this.send(target, event);
        }
      }
    }
  }

  private async rules(): Promise<Rule[]> {
    const rules: Rule[] = [];
    let token: string | undefined;
    do {
      const page = await this.events.send(new ListRulesCommand({ NextToken: token }));
      rules.push(...page.Rules ?? []);
      token = page.NextToken;
    } while (token !== undefined);
    return rules;
  }

  private async send(target: Target, event: CloudEvent): Promise<void> {
    const [, , service, , , ...rest] = target.Arn!.split(':');
    const body = target.Input ?? JSON.stringify(event);
    if (target.InputTransformer !== undefined || target.InputPath !== undefined) {
      return;
    }
    if (service === 'lambda') {
      await this.lambda.send(new InvokeCommand({ FunctionName: target.Arn, InvocationType: 'Event', Payload: Buffer.from(body) }));
    } else if (service === 'sqs') {
      const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: rest.join(':') }));
      await this.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: target.SqsParameters?.MessageGroupId }));
    }
  }
}

/**
 * Whether an event pattern matches: each field of the pattern holds alternatives, of which one must fit the value, or one of
 * the values. Alternatives are plain values, `prefix`, `suffix`, `exists`, and `anything-but` plain values.
 *
 * @throws Error for another kind of alternative.
 */
export function matchesPattern(pattern: JsonValue, value: JsonValue | undefined): boolean {
  if (Array.isArray(pattern)) {
    const values: ReadonlyArray<JsonValue | undefined> = Array.isArray(value) ? value : [value];
    return pattern.some(alternative => values.some(one => fits(alternative, one)));
  }
  const member = (name: string) => (isJsonObject(value) ? value[name] : undefined);
  return isJsonObject(pattern) && Object.entries(pattern).every(([name, part]) => matchesPattern(part, member(name)));
}

function fits(alternative: JsonValue, value: JsonValue | undefined): boolean {
  if (!isJsonObject(alternative)) {
    return alternative === value;
  }
  const [[kind, operand]] = Object.entries(alternative);
  switch (kind) {
    case 'prefix':
      return typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return typeof value === 'string' && value.endsWith(String(operand));
    case 'exists':
      return (value !== undefined) === operand;
    case 'anything-but':
      return value !== undefined && !(Array.isArray(operand) ? operand : [operand]).includes(value);
    default:
      throw new Error(`The simulator does not know "${kind}" in an event pattern; it knows prefix, suffix, exists and anything-but.`);
  }
}
