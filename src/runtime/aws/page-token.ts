/** Makes page tokens opaque, so that nobody builds on what is in them. */
export function writePageToken(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function readPageToken<T extends object>(token: string): T {
  return JSON.parse(Buffer.from(token, 'base64url').toString()) as T;
}
