/** What becomes of one call: done; refused before anything happened; or done, but the caller sees a time-out. */
export type FaultVerdict = 'ok' | 'throw-before' | 'throw-after';

/**
 * Consulted on every call.
 *
 * @param operation `<service>.<Operation>`, e.g. `s3.PutObject`; calls of the simulated Ground Truth are `groundTruth.<operation>`.
 */
export type Faults = (operation: string, args: readonly unknown[]) => FaultVerdict;

/** An error in the shape that the AWS SDK throws. */
export class CloudError extends Error {
  public readonly $metadata: { readonly httpStatusCode: number };
  public readonly $fault: 'client' | 'server';

  public constructor(name: string, message: string, public readonly statusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: statusCode };
    this.$fault = statusCode >= 500 ? 'server' : 'client';
  }
}

/** Runs every call of the cloud past the fault hook. */
export class FaultGate {
  public hook?: Faults;

  public async run<T>(operation: string, args: readonly unknown[], effect: () => T): Promise<T> {
    const verdict = this.hook?.(operation, args) ?? 'ok';
    if (verdict === 'throw-before') {
      throw new CloudError('InternalError', `${operation} failed before it did anything (injected).`, 500);
    }
    const result = effect();
    if (verdict === 'throw-after') {
      throw new CloudError('TimeoutError', `${operation} was done, but its answer was lost (injected).`, 504);
    }
    return result;
  }
}

/** Makes ids that are the same in every run. */
export class IdSequence {
  private next = 1;

  public uuid(): string {
    return `00000000-0000-4000-8000-${this.hex(12)}`;
  }

  public hex(length: number): string {
    return (this.next++).toString(16).padStart(length, '0');
  }
}
