/** A local port that leads to a port of one pod, for as long as a command needs it. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Opens one connection to the pod's port. `signal` ends the opening, not the connection. */
export type OpenForward = (signal: AbortSignal) => Promise<Duplex>;

export interface ForwardedPort {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What kept connections from being made, and what ended them in the middle; the first few. */
  readonly troubles: () => readonly ForwardTrouble[];
  /** Ends the listener and every connection; repeating it changes nothing. */
  readonly close: () => Promise<void>;
}

export interface ForwardTrouble {
  readonly when: 'opening' | 'open';
  readonly error: unknown;
}

/** Connections at a time: a smoke test needs a handful, and each is one of the API server's. */
const maxConnections = 200;
const maxTroubles = 20;

/**
 * Listens on loopback, on a port that the system chooses. Each connection gets a forward of its own: one that
 * is lost takes no other with it. Port-forward knows no half-close: a client that ends its side still reads
 * the answer, but the pod does not hear of it.
 */
export async function forwardPort(open: OpenForward): Promise<ForwardedPort> {
  const sockets = new Set<Socket>();
  const troubles: ForwardTrouble[] = [];
  const note = (when: ForwardTrouble['when'], error: unknown): void => {
    if (troubles.length < maxTroubles) troubles.push({ when, error });
  };
  const server = createServer({ allowHalfOpen: true });
  server.maxConnections = maxConnections;
  server.on('drop', () => note('opening', new Error(`more than ${maxConnections} connections at a time`)));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void join(socket, open, note);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let closed: Promise<unknown> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    troubles: () => troubles,
    close: async () => {
      if (closed === undefined) {
        closed = once(server, 'close');
        server.close();
        for (const socket of sockets) socket.destroy();
      }
      await closed;
    },
  };
}

/** Neither end outlives the other. */
async function join(
  socket: Socket,
  open: OpenForward,
  note: (when: ForwardTrouble['when'], error: unknown) => void,
): Promise<void> {
  const left = new AbortController();
  socket.once('close', () => left.abort());
  try {
    const forward = await open(left.signal);
    if (socket.destroyed) {
      forward.destroy();
      return;
    }
    socket.once('close', () => forward.destroy());
    forward.once('error', (error) => {
      note('open', error);
      // Not an end, which would look like a whole answer.
      socket.resetAndDestroy();
    });
    // The pod has ended it: what it sent still goes to the client.
    forward.once('close', () => socket.destroySoon());
    forward.pipe(socket);
    socket.pipe(forward);
  } catch (error) {
    if (!left.signal.aborted) note('opening', error);
    socket.resetAndDestroy();
  }
}
