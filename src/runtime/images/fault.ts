import { ReasonCode } from '../../contract/reasons';

/** Why an image is refused: a code for machines, a sentence for people. */
export interface Fault {
  readonly reason: ReasonCode;
  readonly detail: string;
}

/** Thrown inside a reader of a container and caught at its edge: a broken file is an answer, not an error of ours. */
export class FaultError extends Error {
  constructor(readonly reason: ReasonCode, detail: string) {
    super(detail);
  }
}

/** The value, or the fault that the reader ran into. Other errors go on. */
export function catchFault<T>(read: () => T): { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Fault) {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof FaultError) {
      return { ok: false, reason: error.reason, detail: error.message };
    }
    throw error;
  }
}
