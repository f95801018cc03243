/** An error as the SDK throws it for an answer of a service. */
export function serviceError(name: string, status: number, message = `${name} happened`, more: object = {}): Error {
  return Object.assign(new Error(message), { name, $fault: status < 500 ? 'client' : 'server', $metadata: { httpStatusCode: status }, ...more });
}

/** An error without an answer. */
export const lostAnswer = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });

/** Instead of waiting. */
export const noPause = async (): Promise<void> => undefined;
