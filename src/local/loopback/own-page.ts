import { randomBytes } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError, sendJson } from './server';
import { SimulatorError } from '../simulator';

const TOKEN = 'x-token';

/** What shows that a request comes from the page of this run: no other page knows it, and none can send it without asking first. */
export class PageToken {
  readonly value = randomBytes(16).toString('hex');

  assertIn({ headers }: IncomingMessage): void {
    if (headers[TOKEN] !== this.value) {
      throw new RequestError(403, 'This page is of an earlier run: reload it.');
    }
  }
}

/** Does what the page wants, and answers that it is done, or why the simulator refuses it. */
export async function sendDone(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    sendJson(response, 200, {});
  } catch (error) {
    if (!(error instanceof SimulatorError)) {
      throw error;
    }
    sendJson(response, 409, { error: error.message });
  }
}
