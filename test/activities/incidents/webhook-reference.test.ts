/** What the reference page of the web hook says, as it is said there. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa, execaSync, type ExecaChildProcess } from 'execa';
import { incidentPayload } from '../../../src/domain/incident-payload.ts';
import { anIncident } from '../../support/an-incident.ts';
import { callWebhook, incidentNow, webhookSecret } from './bench.ts';

const page = await readFile(new URL('../../../docs/reference/incident-webhook.md', import.meta.url), 'utf8');

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`the page has no block of ${language}`);
  return text;
}

const payload = incidentPayload(anIncident(), 'https://github.com/org/ops/issues/12');

test('the example is what is sent', () => {
  expect(JSON.parse(block('json'))).toEqual(payload);
});

test('every field is explained', () => {
  const explained = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\|/gm)].flatMap(([, names = '']) =>
    names.split(', ').map((name) => name.slice(1, -1)),
  );
  expect(explained).toEqual(expect.arrayContaining(Object.keys(payload)));
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-receivers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const hasPython = execaSync('python3', ['--version'], { reject: false }).exitCode === 0;

const receivers = [
  { language: 'js', file: 'receiver.mjs', program: 'node' },
  ...(hasPython ? [{ language: 'python', file: 'receiver.py', program: 'python3' }] : []),
];

test.each(receivers)(
  'the receiver in $language takes what is genuine, once, and nothing else',
  async ({ language, file, program }) => {
    await writeFile(join(folder, file), block(language));
    const receiver = execa(program, [join(folder, file)], {
      env: { PORT: '0', FAIRWAY_WEBHOOK_SECRET: webhookSecret, NODE_OPTIONS: '' },
      reject: false,
    });
    try {
      const url = `http://127.0.0.1:${await portOf(receiver)}/`;
      const incident = incidentNow();
      expect(await callWebhook(url, incident)).toEqual({ status: 201 });
      expect(await callWebhook(url, incident)).toEqual({ status: 200 });
      await expect(callWebhook(url, incident, { secret: 'another' })).rejects.toMatchObject({
        type: 'IncidentRejected',
        message: expect.stringContaining('HTTP 401'),
      });
      // A recording is sent again later, and with a time that was not signed.
      const { headers, body } = await recorded(incident);
      const signed = Number(headers['X-Fairway-Timestamp']);
      for (const [timestamp, status] of [
        [headers['X-Fairway-Timestamp'], 200],
        [String(signed - 301), 401],
        [String(signed - 1), 401],
        ['', 401],
        ['²', 401],
      ] as const)
        expect([timestamp, await post(url, { ...headers, 'X-Fairway-Timestamp': timestamp }, body)]).toEqual([
          timestamp,
          status,
        ]);
      expect(await post(url, headers, `${body} `)).toBe(401);
      expect(await post(url, { ...headers, 'X-Fairway-Signature': '' }, body)).toBe(401);
    } finally {
      receiver.kill('SIGKILL');
      await receiver;
    }
  },
);

async function portOf({ stdout }: ExecaChildProcess): Promise<string> {
  const [said] = (await once(stdout!, 'data')) as [Buffer];
  return /listening on (\d+)/.exec(said.toString())?.[1] ?? '0';
}

interface Recording {
  readonly headers: Record<'X-Fairway-Timestamp' | 'X-Fairway-Signature' | 'Idempotency-Key', string>;
  readonly body: string;
}

/** A call as somebody on the way sees it. */
async function recorded(incident: Parameters<typeof callWebhook>[1]): Promise<Recording> {
  const seen: Recording[] = [];
  await callWebhook('http://127.0.0.1:1/', incident, {
    http: (_url, { headers, body = '' }) => {
      seen.push({ headers: headers as Recording['headers'], body });
      return Promise.resolve(new Response(null, { status: 204 }));
    },
  });
  return seen[0]!;
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  return (await fetch(url, { method: 'POST', headers, body })).status;
}
