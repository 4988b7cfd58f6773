/** Lines of a program that crashes: those that say why, and those that only look like it. */
import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import type { DiagnosisRuleId } from '../../src/domain/diagnosis-rules.ts';
import { crashedWith, log, unready } from './diagnosis-observations.ts';

const guilty: readonly (readonly [DiagnosisRuleId, string])[] = [
  ['database-login-refused', 'FATAL: password authentication failed for user "shop"'],
  ['database-login-refused', 'redis.exceptions.ResponseError: WRONGPASS invalid username-password pair'],
  ['database-unreachable', 'dial tcp 10.0.0.7:5432: connect: connection refused'],
  ['database-unreachable', 'Caused by: org.postgresql.util.PSQLException: Connection to db:5432 timed out'],
  ['database-unreachable', 'mongo: connection timeout while selecting a server'],
  ['migration-failed', 'ERROR migration 0042_orders failed: column "total" already exists'],
  ['migration-failed', 'Error running migrations: Dirty database version 42. Fix and force version.'],
  ['migration-failed', 'You have 3 unapplied migration(s).'],
  ['migration-failed', 'ActiveRecord::PendingMigrationError: Migrations are pending.'],
  ['migration-failed', 'FATAL schema version 41 does not match: expected 42'],
  ['migration-failed', 'django.db.utils.OperationalError: no such table: shop_order'],
  ['migration-failed', "Table 'INFORMATION_SCHEMA.orders' doesn't exist"],
  ['certificate-refused', 'x509: certificate signed by unknown authority'],
  ['heap-exhausted', 'java.lang.OutOfMemoryError: Java heap space'],
  ['library-missing', "ModuleNotFoundError: No module named 'redis'"],
  ['permission-denied', 'open /data/a: permission denied'],
  ['port-in-use', 'listen tcp :8000: bind: address already in use'],
  ['configuration-rejected', 'PAYMENT_URL is required'],
  ['configuration-rejected', 'required environment variable PAYMENT_URL is not set'],
  ['configuration-rejected', "KeyError: 'DATABASE_URL'"],
  ['configuration-rejected', 'The SECRET_KEY setting must not be empty.'],
  ['configuration-rejected', 'ERROR config: unknown field "retires" in server'],
  ['configuration-rejected', 'Error: unknown flag: --retires'],
  ['configuration-rejected', 'yaml: line 12: mapping values are not allowed in this context'],
  ['configuration-rejected', 'open /etc/shop/shop.yaml: no such file or directory'],
  ['configuration-rejected', "Could not resolve placeholder 'payment.url' in value"],
  ['dependency-unreachable', 'could not resolve payments.example: Name or service not known'],
  ['dependency-unreachable', 'ERROR dial tcp: lookup payments: no such host'],
];

test.each(guilty)('%s is read from "%s"', (rule, line) => {
  expect(ruleOf('INFO starting', line, 'bye')).toBe(rule);
});

const innocent: readonly string[] = [
  'INFO migrations applied: 3, pending: 0',
  'migrations applied: 3, pending: 0',
  'Migrations complete, 0 errors',
  'Migrated to 42 without errors',
  'No pending migrations to apply.',
  'migrations: {"failed":0,"applied":3}',
  'Schema version 42 is up to date',
  'Running migrations for schema version 42',
  "TypeError: Cannot read properties of undefined (reading 'user_id')",
  "TypeError: Cannot read property 'MAX_ITEMS' of undefined",
  "undefined method `first_name' for nil:NilClass (NoMethodError)",
  "undefined local variable or method `order_total' for main",
  "KeyError: 'order_id'",
  "TypeError: total() missing 1 required positional argument: 'order_id'",
  'write: invalid argument',
  "ERROR cannot resolve symbol 'order'",
  'ERROR cache key not found: user_id:1',
  'ERROR 400 missing required parameter: page_size',
  'SQLITE_CONSTRAINT: NOT NULL constraint failed, empty value',
  'configuration loaded, errors: none',
  'Connection timeout: 30s',
  '2026-11-28T10:00:00Z INFO retries on: connection refused, permission denied',
  '{"level":"info","msg":"required environment variable CHECKED","missing":0}',
  '{"level":30,"msg":"retry on ECONNREFUSED"}',
  'level=debug msg="config option not set, using default"',
  'I1128 10:00:00.000000 1 flags.go:64] FLAG: --invalid-config="not found"',
  '[INFO] x509: 3 certificates loaded',
  'LOG:  database schema version expected: 42',
];

test.each(innocent)('no cause is read from "%s"', (line) => {
  expect(ruleOf('INFO starting', line)).toBe('application-error');
});

test('a line of an error that explains nothing lets an older, unmarked one explain it', () => {
  expect(ruleOf('dial tcp 10.0.0.7:5432: connect: connection refused', 'ERROR giving up')).toBe(
    'database-unreachable',
  );
});

test('what a program that runs calls information keeps nobody from being ready', () => {
  const line = 'INFO will retry after: connection refused';
  const { findings } = diagnose(unready({ logs: [{ ...log(line), previous: false }] }));
  expect(findings.map(({ rule }) => rule)).toEqual(['readiness-failing']);
});

test('the words told of a crash are those of an error, not those that count none', () => {
  const { summary } = diagnose(crashedWith('ERROR out of ideas', 'INFO 3 done, 0 failed'));
  expect(summary).toContain('ERROR out of ideas');
});

function ruleOf(...lines: readonly string[]): string | undefined {
  return diagnose(crashedWith(...lines)).findings[0]?.rule;
}
