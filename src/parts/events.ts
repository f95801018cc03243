import { Aws, Stack } from 'aws-cdk-lib';
import { OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { ChainNames } from './names';
import { ProjectFunction } from './project-function';
import { EVENT_SOURCE, EventType } from '../contract/events';

/** Lets a function put the project's events on the default bus. */
export function allowEvents(handler: ProjectFunction): void {
  const { region, account } = Stack.of(handler);
  // No condition on events:source: it is a multi-valued key, and nobody could try against the service which operator fits.
  handler.allow(['events:PutEvents'], [`arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/default`]);
}

/** A rule for one kind of event of one project. */
export function projectRule(scope: Construct, id: string, type: EventType, names: ChainNames, options: OnEventOptions): Rule {
  const rule = new Rule(options.crossStackScope ?? scope, id, {
    description: options.description,
    ruleName: options.ruleName,
    eventPattern: {
      source: [EVENT_SOURCE],
      detailType: [type],
      detail: { project: [names.projectName], chainId: [names.chainId] },
    },
  });
  rule.addEventPattern(options.eventPattern);
  rule.addTarget(options.target);
  return rule;
}
