import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import {
  forwardPort,
  type ForwardedPort,
  type OpenForward,
} from '../../../src/activities/smoke/forward-port.ts';

let forward: ForwardedPort | undefined;
afterEach(async () => forward?.close());

async function begin(open: OpenForward): Promise<(options?: { allowHalfOpen: boolean }) => Socket> {
  forward = await forwardPort(open);
  const { hostname, port } = new URL(forward.url);
  expect(hostname).toBe('127.0.0.1');
  return (options) => connect({ ...options, host: hostname, port: Number(port) });
}

/** The pod's side: answers in capitals what it gets, and ends when asked to. */
function echo(opened: Duplex[]): OpenForward {
  return async () => {
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        const said = chunk.toString();
        stream.push(said.toUpperCase());
        if (said.includes('bye')) stream.push(null);
        done();
      },
    });
    opened.push(stream);
    return stream;
  };
}

test('each connection gets a forward of its own, in both directions', async () => {
  const opened: Duplex[] = [];
  const dial = await begin(echo(opened));
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, number) => {
      const socket = dial();
      socket.write(`hello ${number} bye`);
      return text(socket);
    }),
  );
  expect(answers).toEqual(Array.from({ length: 50 }, (_, number) => `HELLO ${number} BYE`));
  expect(opened).toHaveLength(50);
});

test('a client that has ended its own side still reads the answer', async () => {
  const opened: Duplex[] = [];
  const dial = await begin(echo(opened));
  const socket = dial({ allowHalfOpen: true });
  socket.end('half ');
  await once(socket, 'data');
  opened[0]?.push('late');
  opened[0]?.push(null);
  expect(await text(socket)).toBe('late');
});

test('a client that leaves takes its forward with it', async () => {
  const opened: Duplex[] = [];
  const dial = await begin(echo(opened));
  const socket = dial();
  socket.write('x');
  await once(socket, 'data');
  const closed = once(opened[0]!, 'close');
  socket.resetAndDestroy();
  await closed;
  expect(forward?.troubles()).toEqual([]);
});

test('a client that leaves while its forward is being opened ends the opening', async () => {
  let aborted = (): void => undefined;
  const isAborted = new Promise<void>((resolve) => (aborted = resolve));
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const dial = await begin((signal) => {
    asked();
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted();
        reject(signal.reason as Error);
      });
    });
  });
  const socket = dial();
  await isAsked;
  socket.resetAndDestroy();
  await isAborted;
  await new Promise(setImmediate);
  expect(forward?.troubles()).toEqual([]);
});

test('a forward that cannot be opened resets the connection, and is remembered', async () => {
  const refused = new Error('connection refused');
  const dial = await begin(() => Promise.reject(refused));
  await expect(text(dial())).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(forward?.troubles()).toEqual([{ when: 'opening', error: refused }]);
});

test('a forward that is lost ends its connection and no other', async () => {
  const opened: Duplex[] = [];
  const dial = await begin(echo(opened));
  const [first, second] = [dial(), dial()];
  first.write('a');
  second.write('b');
  await Promise.all([once(first, 'data'), once(second, 'data')]);
  const lost = new Error('the pod is gone');
  const reset = new Promise((resolve) => {
    for (const socket of [first, second]) socket.on('error', resolve);
  });
  opened[0]?.destroy(lost);
  expect(await reset).toMatchObject({ code: 'ECONNRESET' });
  const other = first.destroyed ? second : first;
  expect(other.destroyed).toBe(false);
  other.end('bye');
  expect(await text(other)).toBe('BYE');
  expect(forward?.troubles()).toEqual([{ when: 'open', error: lost }]);
});

test('closing ends every connection, more than once as well as once', async () => {
  const opened: Duplex[] = [];
  const dial = await begin(echo(opened));
  const socket = dial();
  socket.on('error', () => undefined);
  socket.write('x');
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await Promise.all([forward?.close(), forward?.close()]);
  await closed;
  await expect(once(dial(), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
