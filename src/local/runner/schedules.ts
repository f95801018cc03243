import { randomUUID } from 'crypto';
import { InvocationType, InvokeCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, GetScheduleCommandOutput, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { SendMessageCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { Aws } from './aws';
import { parseSchedule, Schedule } from './schedule-expression';
import { DeployedResource } from './template';

interface ScheduleRecord {
  readonly logicalId: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly targetArn: string;
  readonly input: string;
  readonly schedule: Schedule;
}

export interface ClockOptions {
  /** How many times faster than by the clock. Default: 1. */
  readonly speed?: number;
  /** Told of each tick that failed. Default: the first failure is thrown by `stop`. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Fires the schedules of a stack as EventBridge Scheduler does, context attributes included. The emulator leaves those as they
 * are and cannot be made to hurry, so it is told to leave the schedules alone.
 */
export class Schedules {
  /** Takes the schedules over from the emulator. */
  public static async takeOver(aws: Aws, resources: readonly DeployedResource[]): Promise<Schedules> {
    const records: ScheduleRecord[] = [];
    for (const { logicalId, physicalId, properties } of resources.filter(({ type }) => type === 'AWS::Scheduler::Schedule')) {
      const group = properties.GroupName as string | undefined;
      const found = await aws.scheduler.send(new GetScheduleCommand({ Name: physicalId, GroupName: group }));
      await disable(aws, found);
      records.push({
        logicalId,
        arn: found.Arn!,
        enabled: properties.State !== 'DISABLED',
        targetArn: found.Target!.Arn!,
        input: found.Target!.Input ?? '{}',
        schedule: parseSchedule(found.ScheduleExpression!),
      });
    }
    return new Schedules(aws, records);
  }

  private timers: NodeJS.Timeout[] = [];
  private errors: unknown[] = [];

  private constructor(private readonly aws: Aws, private readonly records: readonly ScheduleRecord[]) {}

  /** Logical ids of the schedules. */
  public get names(): readonly string[] {
    return this.records.map(({ logicalId }) => logicalId);
  }

  /** Fires all enabled schedules, or one of them (by logical id), once, now. */
  public async fire(logicalId?: string): Promise<void> {
    for (const record of this.records) {
      if (record.enabled && (logicalId === undefined || record.logicalId === logicalId)) {
        await this.deliver(record, Date.now());
      }
    }
  }

  /**
   * Fires the enabled schedules when they are due, until `stop`. A function that has not answered the last tick is given no other:
   * on a slow machine the emulator would start process after process, and none of them would ever end.
   */
  public start({ speed = 1, onError = error => this.errors.push(error) }: ClockOptions = {}): void {
    const { timers } = this; // others, once it was stopped: what fails then, because its function is gone, says nothing
    const begin = Date.now();
    const now = () => begin + (Date.now() - begin) * speed;
    for (const record of this.records.filter(({ enabled }) => enabled)) {
      const index = timers.length;
      let busy = false;
      const tick = async (due: number) => {
        if (!busy) {
          busy = true;
          await this.deliver(record, due, 'RequestResponse').catch(error => this.timers === timers ? onError(error) : undefined);
          busy = false;
        }
      };
      const wait = () => {
        const due = record.schedule.next(now(), begin);
        timers[index] = setTimeout(() => {
          wait();
          void tick(due);
        }, Math.max(0, (due - now()) / speed));
      };
      timers.push(undefined as unknown as NodeJS.Timeout);
      wait();
    }
  }

  /** Fires nothing any more. Throws what `start` collected. */
  public stop(): void {
    this.timers.forEach(timer => clearTimeout(timer));
    this.timers = [];
    const [error] = this.errors.splice(0);
    if (error !== undefined) {
      throw error;
    }
  }

  private async deliver({ arn, input, targetArn }: ScheduleRecord, due: number, invocation: InvocationType = 'Event'): Promise<void> {
    const payload = input
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.scheduled-time>', new Date(due).toISOString().replace(/\.\d+Z$/, 'Z'))
      .replaceAll('<aws.scheduler.execution-id>', randomUUID())
      .replaceAll('<aws.scheduler.attempt-number>', '1');
    const [, , service, , , ...resource] = targetArn.split(':');
    if (service === 'lambda') {
      await this.aws.lambda.send(new InvokeCommand({ FunctionName: targetArn, InvocationType: invocation, Payload: Buffer.from(payload) }));
    } else if (service === 'sqs') {
      const { QueueUrl } = await this.aws.sqs.send(new GetQueueUrlCommand({ QueueName: resource.join(':') }));
      await this.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: payload }));
    } else {
      throw new Error(`schedule ${arn}: the local run fires at functions and queues, not at ${targetArn}`);
    }
  }
}

async function disable(aws: Aws, found: GetScheduleCommandOutput): Promise<void> {
  const { Name, GroupName, ScheduleExpression, FlexibleTimeWindow, Target } = found;
  await aws.scheduler.send(new UpdateScheduleCommand({ Name, GroupName, ScheduleExpression, FlexibleTimeWindow, Target, State: 'DISABLED' }));
}
