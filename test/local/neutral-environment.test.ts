import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { neutralEnvironment } from '../../local/neutral-environment.ts';
import { secretVariables } from '../../src/config/environment-variables.ts';
import { readConnectionSettings } from '../../src/worker/connection-settings.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'fairway-home-'));
});
afterEach(() => rm(home, { recursive: true }));

test('nothing that a worker would read about Temporal, nor any of its secrets, comes through', () => {
  const others = ['GITHUB_TOKEN', 'GH_TOKEN', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'HELM_KUBEAPISERVER'];
  const temporal = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS_SERVER_NAME'];
  const names = [...Object.keys(secretVariables), ...temporal, 'TEMPORAL_PROFILE', ...others];
  const given = Object.fromEntries(names.map((name) => [name, 'theirs']));
  expect(Object.values(neutralEnvironment(given))).not.toContain('theirs');
});

test('everything else does: programs are found, and tests keep what they are told', () => {
  const given = { PATH: '/bin', HOME: home, HTTPS_PROXY: 'http://proxy', FAIRWAY_TEST_MONITORING: 'skip' };
  expect(neutralEnvironment(given)).toMatchObject(given);
});

test('a worker goes to the address that it is given, whatever profile its user has', async () => {
  const folder = join(home, '.config', 'temporalio');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'temporal.toml'),
    '[profile.default]\naddress = "theirs:7233"\nnamespace = "theirs"\napi_key = "theirs"\n',
  );
  const theirs = { HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  expect(readConnectionSettings(theirs)).toMatchObject({ address: 'theirs:7233', namespace: 'theirs' });
  const here = { ...neutralEnvironment(theirs), TEMPORAL_ADDRESS: '127.0.0.1:7233' };
  expect(readConnectionSettings(here)).toEqual({
    address: '127.0.0.1:7233',
    namespace: 'default',
    options: { address: '127.0.0.1:7233' },
  });
});
