import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Below what operating systems give to outgoing connections (Linux from 32768, others from 49152) and to
 * NodePorts (30000): between choosing a port here and listening on it, no connection of anybody takes it.
 */
const firstPort = 15_000;
const endOfPorts = 29_000;

/** Different loopback TCP ports that are free now: each preferred one if it is, else (or for 0) any. */
export async function freePorts(preferred: readonly number[]): Promise<number[]> {
  // Held together while choosing, so that none comes twice.
  const servers = await Promise.all(preferred.map((port) => listen(port)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

const maxAttempts = 100;

async function listen(preferred: number, attempt = 1): Promise<Server> {
  const server = createServer();
  server.listen(preferred === 0 ? randomInt(firstPort, endOfPorts) : preferred, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (attempt === maxAttempts) throw error;
    return listen(0, attempt + 1);
  }
}
