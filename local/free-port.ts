import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A loopback TCP port that is free now: the preferred one if it is, else one the system picks. */
export async function freePort(preferred = 0): Promise<number> {
  const [port] = await freePorts(1, preferred);
  return port ?? 0;
}

/** That many different ports, held together while choosing so that none comes twice. */
export async function freePorts(count: number, preferred = 0): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, (_, index) => listen(index === 0 ? preferred : 0)),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function listen(port: number): Promise<ReturnType<typeof createServer>> {
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
