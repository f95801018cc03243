import { AddressInfo, createServer } from 'net';

/** All that the local run listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * A TCP port on 127.0.0.1 that nobody listens on at this moment. Another program may take it before it is used, so
 * whoever uses it must notice a failure to listen.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}
