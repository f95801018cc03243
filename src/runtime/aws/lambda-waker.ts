import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { WakeUp } from '../../contract/events';
import { messageOf } from '../errors';
import { NewId, Telemetry, Waker } from '../ports';

/** Wakes the controller by an asynchronous call. A call that fails is logged and forgotten: the schedule wakes the controller too. */
export class LambdaWaker implements Waker {
  public constructor(
    private readonly client: LambdaClient,
    private readonly functionName: string,
    private readonly newId: NewId,
    private readonly telemetry: Telemetry,
  ) {}

  public async wake(cause: WakeUp['cause']): Promise<void> {
    const wakeUp: WakeUp = { cause, id: this.newId() };
    try {
      await this.client.send(new InvokeCommand({
        FunctionName: this.functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(wakeUp)),
      }));
    } catch (error) {
      this.telemetry.warn('The controller could not be woken; its schedule will wake it.', { cause, error: messageOf(error) });
    }
  }
}
