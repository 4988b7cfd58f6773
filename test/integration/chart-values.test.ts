/** What the chart makes of its values, as the real helm renders it: no cluster is asked. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isMap, parse, parseDocument, stringify } from 'yaml';
import { referencesOf } from '../../src/activities/kubernetes/references.ts';
import { chart, render, valuesFor, type Rendered } from '../support/chart.ts';
import { blocksOf, readPage } from '../docs/documented-commands.ts';

const shop = { image: 'shop/server', verification: { port: 8000 } };
const configuration = {
  environments: {
    staging: { cluster: 'here', namespace: 'shop-staging' },
    production: { cluster: 'here', namespace: 'shop-production' },
  },
  services: { shop },
};
const bothIn = (worker: object) => ({
  workers: [{ name: 'all', environments: ['staging', 'production'], ...worker }],
});

const podOf = (rendered: Rendered, part: string) => {
  const spec = rendered.deployment(`fairway-${part}`).spec?.template.spec;
  if (spec === undefined) throw new Error(`The chart makes no pods for ${part}.`);
  return spec;
};
const variable = (rendered: Rendered, part: string, name: string) =>
  podOf(rendered, part).containers[0]?.env?.find((each) => each.name === name)?.value;

const fileOf = ({ objects }: Rendered): unknown => {
  const map = objects.find(({ kind }) => kind === 'ConfigMap') as { data?: Record<string, string> };
  return parse(map.data?.['fairway.yaml'] ?? '');
};

describe('fairway.yaml comes to the worker as it was written', () => {
  const woken = `
environments:
  production: { cluster: a, namespace: shop, paging: { kind: pagerduty, on: [failed, rollbackFailed] } }
  staging:
    cluster: a
    namespace: shop
    paging:
      kind: pagerduty
      on: [failed]
services: {}
`;
  const written = async () => [
    await readFile(new URL('../../profiles/tensafe/fairway.yaml', import.meta.url), 'utf8'),
    ...blocksOf(await readPage('docs/guides/windows.md'), 'yaml').slice(0, 1),
    woken,
  ];

  test('from a file', async () => {
    for (const text of await written())
      expect(fileOf(await render(valuesFor(text as never)))).toEqual(parse(text));
  });

  test('from a mapping of values, in which YAML 1.1 takes the key "on" for true', async () => {
    for (const text of await written()) {
      const indented = text.replaceAll(/^(?=.)/gm, '  ');
      const rendered = await render(
        `${stringify(valuesFor({}, { config: undefined }))}\nconfig:\n${indented}`,
      );
      expect(fileOf(rendered)).toEqual(parse(text));
    }
  });
});

describe('a worker', () => {
  test.each([
    ['says nothing', {}, 2],
    ['says 0', { replicas: 0 }, 0],
    ['says 3', { replicas: 3 }, 3],
  ])('that %s of its replicas has as many', async (_name, change, replicas) => {
    const { deployment } = await render(valuesFor(configuration, bothIn(change)));
    expect(deployment('fairway-all').spec?.replicas).toBe(replicas);
  });

  test('takes from the defaults only what it does not say itself', async () => {
    const values = {
      workerDefaults: { replicas: 0, strategies: ['standard'] },
      control: { replicas: 0 },
      ...bothIn({ resources: { limits: { memory: '2Gi' } } }),
    };
    const { deployment, role } = await render(valuesFor(configuration, values));
    expect(deployment('fairway-control').spec?.replicas).toBe(0);
    const { replicas, template } = deployment('fairway-all').spec ?? {};
    expect(replicas).toBe(0);
    expect(template?.spec?.containers[0]?.resources).toEqual({
      requests: { cpu: '250m', memory: '384Mi' },
      limits: { memory: '2Gi' },
    });
    // No canaries here.
    const verbs = role('fairway-all', 'shop-staging').rules?.find(({ resources }) =>
      resources?.includes('deployments'),
    )?.verbs;
    expect(verbs).not.toContain('create');
  });

  test('is granted kinds whose names have digits and dashes', async () => {
    const resources = ['ingressroutes', 'volumesnapshots-v1', 'l7policies'];
    const { role } = await render(
      valuesFor(
        { ...configuration, services: { shop: { ...shop, helm: { chart: 'oci://example.com/shop' } } } },
        bothIn({ chartObjects: [{ group: 'example.com', resources }] }),
      ),
    );
    const granted = role('fairway-all', 'shop-staging').rules?.flatMap((rule) => rule.resources ?? []);
    expect(granted).toEqual(expect.arrayContaining(resources));
  });
});

describe('secrets', () => {
  test('go to the control worker alone, which does not start without the one that is named', async () => {
    const rendered = await render(valuesFor(configuration, { existingSecret: 'fairway', ...bothIn({}) }));
    const [control, worker] = [podOf(rendered, 'control'), podOf(rendered, 'all')];
    // As pre-flight reads a pod's template: what must be there.
    expect(referencesOf(control).secrets).toEqual(['fairway']);
    expect(referencesOf(worker).secrets).toEqual([]);
    expect(JSON.stringify(worker)).not.toContain('secretRef');
    expect([control, worker].map((spec) => spec.automountServiceAccountToken)).toEqual([false, true]);
    const bound = rendered.objects.filter(({ kind }) => kind === 'RoleBinding');
    expect(JSON.stringify(bound)).not.toContain('fairway-control');
  });

  test('of Temporal go to all workers, each of them required', async () => {
    const tls = { enabled: true, caSecret: 'ca', clientSecret: 'client' };
    const temporal = { address: 'temporal.example.com:7233', tls, apiKeySecret: 'key' };
    const rendered = await render(valuesFor(configuration, { temporal, ...bothIn({}) }));
    for (const part of ['control', 'all'])
      expect(referencesOf(podOf(rendered, part)).secrets).toEqual(['ca', 'client', 'key']);
  });

  test('are asked for by nobody when none is named', async () => {
    const rendered = await render(valuesFor(configuration, bothIn({})));
    for (const part of ['control', 'all']) expect(referencesOf(podOf(rendered, part)).secrets).toEqual([]);
  });
});

const namespaceOf = (name: string) => ({
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }],
});
const egressOf = (rendered: Rendered, part: string) =>
  rendered.networkPolicy(`fairway-${part}`).spec?.egress ?? [];

test('traces of all workers go to the one collector, and may leave the pods', async () => {
  const endpoint = 'http://collector.monitoring.svc:4318';
  const rendered = await render(valuesFor(configuration, { tracing: { endpoint }, ...bothIn({}) }));
  for (const part of ['control', 'all']) {
    expect(variable(rendered, part, 'OTEL_EXPORTER_OTLP_ENDPOINT')).toBe(endpoint);
    expect(egressOf(rendered, part)).toContainEqual(namespaceOf('monitoring'));
  }
  const outside = { tracing: { endpoint: 'https://otlp.example.com:4318' }, ...bothIn({}) };
  expect(egressOf(await render(valuesFor(configuration, outside)), 'all')).toContainEqual({
    ports: [{ port: 4318, protocol: 'TCP' }],
  });
  const none = await render(valuesFor(configuration, bothIn({})));
  expect(none.manifest).not.toContain('OTEL_');
});

test('a Service is reached in its namespace by https, too, and a host of Slack is none', async () => {
  const staging = { ...configuration.environments.staging, slackChannel: '#releases' };
  const codeHost = { url: 'https://gitea.git/api/v3' };
  const services = { shop: { ...shop, repository: { owner: 'example', name: 'shop' } } };
  const rendered = await render(valuesFor({ codeHost, environments: { staging }, services }));
  const namespaces = egressOf(rendered, 'control').filter(({ to }) => to !== undefined);
  expect(namespaces).toEqual([namespaceOf('git')]);
  expect(egressOf(rendered, 'control')).toContainEqual({ ports: [{ port: 443, protocol: 'TCP' }] });
});

test('what leaves a pod goes to Temporal, names, the cluster, and the hosts of fairway.yaml', async () => {
  const staging = { cluster: 'here', namespace: 'shop-staging' };
  const config = {
    codeHost: { url: 'https://git.example.com:8443/api/v3' },
    environments: {
      staging: {
        ...staging,
        prometheus: 'http://prometheus.monitoring:9090',
        alertmanager: 'https://alerts.example.com:9443',
        incidents: { ticket: { kind: 'github', owner: 'example', repository: 'shop' } },
      },
    },
    services: { shop },
  };
  const rendered = await render(
    valuesFor(config, { workers: [{ name: 'staging', environments: ['staging'] }] }),
  );
  const egress = (part: string) => rendered.networkPolicy(`fairway-${part}`).spec?.egress ?? [];
  const ports = (part: string) =>
    egress(part).flatMap((rule) => rule.ports?.map(({ port }) => String(port)) ?? []);
  expect(ports('control')).toEqual(['53', '53', '7233', '8443']);
  // The first part of a short name may also be a host.
  expect(ports('staging')).toEqual(['53', '53', '7233', '443', '6443', '9090', '9443']);
  const monitoring = { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } };
  expect(egress('staging')).toContainEqual({ to: [{ namespaceSelector: monitoring }] });
  for (const part of ['control', 'staging'])
    expect(rendered.networkPolicy(`fairway-${part}`).spec?.ingress?.flatMap((rule) => rule.ports)).toEqual([
      { port: 'health', protocol: 'TCP' },
      { port: 'metrics', protocol: 'TCP' },
    ]);
});

test.each([
  ['docs/operator/helm-chart.md', [0, 1]],
  ['docs/operator/guide.md', [1]],
] as const)('the values that %s shows are complete', async (page, indices) => {
  const blocks = blocksOf(await readPage(page), 'yaml');
  // Each is rendered, or is no file of values.
  expect(indices.length + blocks.filter((text) => text.startsWith('# fairway.yaml')).length).toBe(
    blocks.length,
  );
  const { staging, production } = configuration.environments;
  const clusters = {
    'docs/operator/helm-chart.md': { staging, production: { ...production, cluster: 'there' } },
    'docs/operator/guide.md': configuration.environments,
  }[page];
  const config = stringify({ config: { ...configuration, environments: clusters } });
  for (const index of indices) {
    const { objects } = await render(`${blocks[index] ?? ''}\n${config}`);
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'Role', 'NetworkPolicy']));
  }
});

test('values.yaml shows every value that the schema knows', async () => {
  const shown = await readFile(join(chart, 'values.yaml'), 'utf8');
  const schema = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8')) as Schema;
  const missing = namesIn(schema).filter(
    (name) => name !== 'global' && !new RegExp(`\\b${name}:`).test(shown),
  );
  expect(missing).toEqual([]);
  const given = parseDocument(shown).contents;
  const keys = isMap(given) ? given.items.map(({ key }) => String(key)) : [];
  const known = Object.keys(schema.properties ?? {}).filter((name) => name !== 'global');
  expect(keys.sort()).toEqual(known.sort());
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function namesIn({ properties = {}, items }: Schema): readonly string[] {
  const within = Object.entries(properties).flatMap(([name, part]) => [name, ...namesIn(part)]);
  return [...within, ...(items === undefined ? [] : namesIn(items))];
}
