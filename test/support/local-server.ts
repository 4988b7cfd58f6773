/** What the local servers that stand for other parties share: an address of their own, faults, bodies, JSON. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  /** `http://127.0.0.1:` and a port. */
  readonly origin: string;
  /** Does not wait for calls that are open. */
  stop(): Promise<void>;
}

/** On loopback only; on a free port, unless one is given. */
export async function listenLocally(listener: RequestListener, port = 0): Promise<LocalServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Faults wait in order, each for so many calls. */
export class Faults<Fault extends { readonly times?: number }> {
  private queue: { readonly fault: Fault; left: number }[] = [];

  /** `usual` is how often a fault happens that does not say so. */
  constructor(private readonly usual = Infinity) {}

  readonly fail = (fault: Fault): void => {
    this.queue.push({ fault, left: fault.times ?? this.usual });
  };

  readonly heal = (): void => {
    this.queue = [];
  };

  /** What befalls this call: the first that fits and is left. */
  next(fits: (fault: Fault) => boolean = () => true): Fault | undefined {
    const entry = this.queue.find(({ fault, left }) => left > 0 && fits(fault));
    if (entry !== undefined) entry.left -= 1;
    return entry?.fault;
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export function sendJson(
  response: ServerResponse,
  status: number,
  content: unknown,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(content));
}

/** HTTP 200 from somebody else, such as a proxy that asks to sign in. */
export function sendPage(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<html>Sign in</html>');
}

/** An answer that breaks off after its beginning. */
export function cutOff(response: ServerResponse, beginning: string): void {
  response.writeHead(200, { 'Content-Length': 1000 }).write(beginning);
  setImmediate(() => response.destroy());
}
