import { request } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** Asks a server of this machine. The path goes as it is written: `fetch` would tidy it up. */
export function ask(
  address: string, path: string, headers: { readonly [name: string]: string } = {}, method = 'GET', body: string | Buffer = '',
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString(), headers: response.headers }));
    }).once('error', reject).end(body);
  });
}

/** The token in a page of one of the local tools. */
export async function tokenOf(address: string): Promise<string> {
  return /name="token" content="(\w+)"/.exec((await ask(address, '/')).body)![1];
}
