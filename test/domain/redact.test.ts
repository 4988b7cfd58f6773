import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { excerpt, redact } from '../../src/domain/redact.ts';

test.each([
  ['password=hunter2', 'password=[redacted]'],
  ['db_password: "hunter 2", user: "joe"', 'db_password: [redacted], user: "joe"'],
  ["passphrase='it''s me'", 'passphrase=[redacted]'],
  ['{"api_key":"abc123","status":"healthy"}', '{"api_key":[redacted],"status":"healthy"}'],
  ['{\\"clientSecret\\":\\"abc123\\",\\"a\\":1}', '{\\"clientSecret\\":[redacted],\\"a\\":1}'],
  ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
  ['GET /callback?token=abc.def&next=1', 'GET /callback?token=[redacted]&next=1'],
  ['x-api-key: 12345', 'x-api-key: [redacted]'],
  ['postgres://app:s3cret@db:5432/app failed', 'postgres://[redacted]@db:5432/app failed'],
  ['redis://:s3cret@cache:6379', 'redis://[redacted]@cache:6379'],
  ['postgres://app:s3/cr@t@db/app', 'postgres://[redacted]@db/app'],
  ['https://ghp_token@example.com/repo', 'https://[redacted]@example.com/repo'],
  ['Authorization: Bearer abcdefghijkl', 'Authorization: [redacted]'],
  ['authorization=Basic dXNlcjpwYXNz', 'authorization=[redacted]'],
  ['sent Bearer abcdefghijkl to it', 'sent Bearer [redacted] to it'],
  ['Cookie: sid=1; theme=dark', 'Cookie: [redacted]'],
  ['jwt eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl used', 'jwt [redacted] used'],
  ['ghp_0123456789abcdefghij', '[redacted]'],
  ['key AKIAIOSFODNN7EXAMPLE leaked', 'key [redacted] leaked'],
  ['xoxb-123456789012-abcdefghij', '[redacted]'],
  ['xapp-1-A0123456789-0123456789', '[redacted]'],
  ['sk-proj-abcdefghijklmnop0QRST', '[redacted]'],
  ['sk_live_abcdefghijklmnop', '[redacted]'],
  ['invalid API key: 3f9c0a77', 'invalid API key: [redacted]'],
  ['Incorrect API key provided: 3f9c0a77.', 'Incorrect API key provided: [redacted]'],
  ['private key: abc', 'private key: [redacted]'],
  ['secret access key = "a b"', 'secret access key = [redacted]'],
  ['POSTGRES_PASS=hunter2', 'POSTGRES_PASS=[redacted]'],
  ['db.pass=hunter2 db.user=shop', 'db.pass=[redacted] db.user=shop'],
  ['--smtp-pass=hunter2', '--smtp-pass=[redacted]'],
  ['STRIPE_KEY=hunter2', 'STRIPE_KEY=[redacted]'],
  ['"MASTER_KEY": "hunter2"', '"MASTER_KEY": [redacted]'],
  ['SENDGRID_KEY: hunter2', 'SENDGRID_KEY: [redacted]'],
  ['AccountKey=hunter2;EndpointSuffix=x', 'AccountKey=[redacted];EndpointSuffix=x'],
  ['open shop:hunter2@tcp(db:3306)/shop: refused', 'open [redacted]@tcp(db:3306)/shop: refused'],
  ['dsn shop:hun@ter2@unix(/run/db)/shop', 'dsn [redacted]@unix(/run/db)/shop'],
  ['login as shop using password hunter2 failed', 'login as shop using password [redacted] failed'],
  ["shop with password 'hunter2'", 'shop with password [redacted]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----', '[redacted]'],
])('removes the secret of %j', (text, expected) => {
  expect(redact(text)).toBe(expected);
  expect(redact(expected)).toBe(expected);
});

test.each([
  '200 {"status":"healthy","version":"4.1.0"}',
  'ERROR cannot reach the key store: connection refused',
  'tensafe/server@sha256:7430b6fcd800438f854db4c03008f91e3611a14ac0d9f94511d9036e5c6ce158',
  'GET http://localhost:8000/health 200',
  'invalid token in line 3',
  'ERROR basic checks failed: 3',
  'processed 12 tokens in 3 ms',
  'pod/pk-orders-server-6cf684f788-82987',
  'primary key: id',
  'duplicate key value violates unique constraint "orders_pkey"',
  'key=value',
  'sort_key=name',
  'SORT_KEY=name',
  'S3_OBJECT_KEY=a/b.txt',
  'cache_key: user:1',
  'topologyKey: kubernetes.io/hostname',
  'valueFrom: { configMapKeyRef: { key: database-url } }',
  'failed to load private key: open /etc/tls/tls.key: permission denied',
  'API key: missing',
  'tests: pass: 12, fail: 0',
  'by-pass: true',
  'first_pass=3',
  'using password authentication',
  'connected with password from the environment',
  'mail to shop@tcp.example.com',
  'shop:web@tcp is no address',
])('leaves %j as it is', (text) => {
  expect(redact(text)).toBe(text);
});

test('a value under a telling name never survives, whatever it is', () => {
  const value = fc.stringMatching(/^[A-Za-z0-9+/=_!$%-]{8,40}$/);
  const name = fc.constantFrom('password', 'API_TOKEN', 'client-secret', 'dbPassword', 'privateKey');
  const form = fc.constantFrom(
    (n: string, v: string) => `${n}=${v}`,
    (n: string, v: string) => `${n}: ${v} more`,
    (n: string, v: string) => JSON.stringify({ a: 1, [n]: v }),
    (n: string, v: string) => `--${n}='${v}'`,
  );
  fc.assert(
    fc.property(name, value, form, (n, v, write) => {
      expect(redact(write(n, `Zq${v}`))).not.toContain(`Zq${v}`);
    }),
  );
});

test('an excerpt is one line, shortened with a mark', () => {
  expect(excerpt('a\n  b\tc', 10)).toBe('a b c');
  expect(excerpt('0123456789', 5)).toBe('0123…');
});

test('a long hostile text takes no long time', () => {
  // Looked at as a whole, they would take minutes.
  const texts = [
    ...['a-'.repeat(256_000), 'password'.repeat(64_000), 'a://'.repeat(128_000), '"'.repeat(512_000)],
    ...['A_KEY_'.repeat(80_000), 'a:'.repeat(256_000), 'api key '.repeat(64_000), '-pass'.repeat(96_000)],
  ];
  // The processor's time, in microseconds: on a busy machine more goes by.
  const from = process.cpuUsage();
  for (const text of texts) excerpt(text, 100);
  expect(process.cpuUsage(from).user).toBeLessThan(10_000_000);
});
