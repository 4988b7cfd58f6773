/** Pods of all manners, at the far end of a port-forward. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

export type Manner = (socket: WebSocket, raw: Socket) => void;

const portHeader = Buffer.from([8000 & 0xff, 8000 >> 8]);

function frame(channel: number, payload: Buffer | string): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(payload)]);
}

/** Each channel begins with its port. */
function begin(socket: WebSocket): void {
  socket.send(frame(0, portHeader));
  socket.send(frame(1, portHeader));
}

function answering(answer: (socket: WebSocket, raw: Socket) => void): Manner {
  return (socket, raw) => {
    begin(socket);
    socket.once('message', () => {
      answer(socket, raw);
    });
  };
}

const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const refusal =
  'error forwarding port 8000 to pod a, uid : exit status 1: dial tcp4 127.0.0.1:8000: connect: Connection refused';

/** Answers 200 with what it was sent. */
export function repeats(note: (request: string) => void): Manner {
  return (socket) => {
    begin(socket);
    socket.once('message', (frames: Buffer) => {
      const request = frames.subarray(1).toString();
      note(request);
      socket.send(frame(0, `HTTP/1.1 200 OK\r\ncontent-length: ${request.length}\r\n\r\n${request}`));
    });
  };
}

export const manners = {
  answersAndStaysOpen: answering((socket) => {
    socket.send(frame(0, whole));
  }),
  answersByteByByte: answering((socket) => {
    for (const byte of Buffer.from(whole)) socket.send(frame(0, Buffer.of(byte)));
  }),
  answersUntilItCloses: answering((socket) => {
    socket.send(frame(0, 'HTTP/1.0 200 OK\r\n\r\nok'));
    socket.close();
  }),
  answersAndThenFails: answering((socket, raw) => {
    socket.send(frame(0, whole));
    socket.send(frame(1, 'late error: broken pipe'));
    socket.send(frame(0, 'more, after the end'));
    setImmediate(() => raw.resetAndDestroy());
  }),
  answersWithoutEnd: answering((socket) => {
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\n\r\n'));
    const more = (error?: Error | null) => {
      if (error === undefined || error === null) socket.send(frame(0, 'x'.repeat(16_000)), more);
    };
    more();
  }),
  refuses: (socket) => {
    begin(socket);
    socket.send(frame(1, refusal));
  },
  closesAtOnce: (socket) => {
    begin(socket);
    socket.close();
  },
  closesWhenAsked: answering((socket) => {
    socket.close();
  }),
  resetsWhenAsked: answering((_socket, raw) => {
    raw.resetAndDestroy();
  }),
  stopsHalfWay: answering((socket) => {
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    socket.close();
  }),
  resetsHalfWay: answering((socket, raw) => {
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'), () => raw.resetAndDestroy());
  }),
  speaksAnotherLanguage: answering((socket) => {
    socket.send(frame(0, 'SSH-2.0-OpenSSH_9.2\r\n'));
  }),
  breaksTheProtocol: (_socket, raw) => {
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  },
  neverAnswers: answering(() => undefined),
  stopsHalfWayAndHangs: answering((socket) => {
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
  }),
} satisfies Record<string, Manner>;
