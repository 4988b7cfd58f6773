import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Different loopback TCP ports that are free now: each preferred one if it is, else (or for 0) any. */
export async function freePorts(preferred: readonly number[]): Promise<number[]> {
  // Held together while choosing, so that none comes twice.
  const servers = await Promise.all(preferred.map(listen));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (port === 0) throw error;
    return listen(0);
  }
}
