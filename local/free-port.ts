import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Below what operating systems give to outgoing connections (Linux from 32768, others from 49152) and to
 * NodePorts (30000): between choosing a port here and listening on it, no connection of anybody takes it.
 */
const lowestPort = 15_000;
/** Tests side by side choose from parts of their own: none takes what another has chosen and not used yet. */
const parts = 4;
const portsOfPart = 3_500;
const firstPort = lowestPort + (Number(process.env['JEST_WORKER_ID'] ?? 0) % parts) * portsOfPart;

/** Different loopback TCP ports that are free now: each preferred one if it is, else (or for 0) any. */
export async function freePorts(preferred: readonly number[]): Promise<number[]> {
  // Held together while choosing, so that none comes twice.
  const servers = await Promise.all(preferred.map((port) => listen(port)));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** One after the other from anywhere: what was chosen a moment ago, and may not be used yet, is not chosen again. */
let last = randomInt(portsOfPart);

function nextPort(): number {
  last = (last + 1) % portsOfPart;
  return firstPort + last;
}

const maxAttempts = 100;

async function listen(preferred: number, attempt = 1): Promise<Server> {
  const server = createServer();
  server.listen(preferred === 0 ? nextPort() : preferred, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (attempt === maxAttempts) throw error;
    return listen(0, attempt + 1);
  }
}
