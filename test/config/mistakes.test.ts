import { expect, test } from '@jest/globals';
import { parseConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';

const environments = `environments:
  staging:
    cluster: staging-cluster
    namespace: web
`;
/** Eight lines before what is appended to it. */
const service = `${environments}
services:
  web:
    image: org/web
`;

function mistakes(text: string): string[] {
  try {
    parseConfiguration(text, 'fairway.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const label = "at most 63 lower-case letters, digits and '-', starting and ending with a letter or digit";

const tables: Record<string, [string, string][]> = {
  'a value of an environment': [
    [
      '    namespaces: web\n',
      '5:5 environments.staging.namespaces: unknown key. Did you mean "namespace"? Known here: cluster, namespace, taskQueue, approvals, strategy, whenHeld, checklist, checklistExpiry, windows, slackChannel, prometheus, alertmanager, paging, incidents, announcement, promotion.',
    ],
    [
      '    approvals: two\n',
      '5:16 environments.staging.approvals: expected a whole number of people from 0 to 20, or a mapping with required, people, groups and expire, got "two"',
    ],
    [
      '    approvals: -1\n',
      '5:16 environments.staging.approvals: expected a whole number of people from 0 to 20, got -1',
    ],
    [
      '    approvals: 1.5\n',
      '5:16 environments.staging.approvals: expected a whole number of people from 0 to 20, or a mapping with required, people, groups and expire, got 1.5',
    ],
    [
      '    slackChannel: #ops\n',
      '5:19 environments.staging.slackChannel: expected a Slack channel, as "#name" or (better) as its ID like "C0123456789", got nothing. A name starts with # and must be in quotes, or YAML reads it as a comment.',
    ],
    [
      '    slackChannel: ops\n',
      '5:19 environments.staging.slackChannel: expected a Slack channel, as "#name" or (better) as its ID like "C0123456789", got "ops". A name starts with # and must be in quotes, or YAML reads it as a comment.',
    ],
    [
      '    announcement: { lead: 15m }\n',
      '5:5 environments.staging.announcement: there is nowhere to announce. Give the environment a slackChannel, or remove announcement.',
    ],
    [
      '    slackChannel: "#ops"\n    announcement: { lead: 15 }\n',
      '6:27 environments.staging.announcement.lead: expected a time from 0s to 24h, written like 30s, 10m or 1h30m, got 15',
    ],
    ...['prometheus:9090', 'http://user:pass@prometheus', 'http://prometheus?a=b', 'ftp://prometheus'].map(
      (url): [string, string] => [
        `    prometheus: ${url}\n`,
        `5:17 environments.staging.prometheus: expected the base URL of an HTTP API, for example http://prometheus.monitoring:9090, got "${url.replace('user:pass', '[redacted]')}"`,
      ],
    ),
    ['    taskQueue: ""\n', '5:16 environments.staging.taskQueue: expected the name of a task queue, got ""'],
  ],
  'a value of a service': [
    [
      '    deploymnet: web\n',
      '9:5 services.web.deploymnet: unknown key. Did you mean "deployment"? Known here: displayName, deployment, container, image, kubernetesService, repository, update, helm, verification, canary, blueGreen, analysis, alerts, timeouts, environments.',
    ],
    [
      '    deployment: Web_Server\n',
      '9:17 services.web.deployment: expected the name of a Deployment (at most 253 lower-case letters, digits and \'-\', starting and ending with a letter or digit; dots between the parts), got "Web_Server"',
    ],
    [
      '    container: web.server\n',
      `9:16 services.web.container: expected the name of a container (${label}), got "web.server"`,
    ],
    [
      `    kubernetesService: ${'x'.repeat(64)}\n`,
      `9:24 services.web.kubernetesService: expected the name of a Service (${label}), got "${'x'.repeat(64)}"`,
    ],
    [
      '    update: helm\n',
      '9:13 services.web.update: helm needs a helm part. Add helm with a chart, or write update: image.',
    ],
    [
      '    update: hlem\n',
      '9:13 services.web.update: expected image or helm, got "hlem". Did you mean "helm"?',
    ],
    [
      '    helm: { release: web }\n',
      '9:11 services.web.helm.chart: is missing: expected a chart: a path, oci://…, or a name when repository is given',
    ],
    [
      '    helm: { chart: web, version: 1.2 }\n',
      '9:34 services.web.helm.version: expected a chart version as text, got 1.2. Put it in quotes: YAML reads 1.10 as the number 1.1.',
    ],
    [
      '    helm: { chart: web, imageTagValue: "image tag" }\n',
      '9:40 services.web.helm.imageTagValue: expected names joined by dots, for example image.tag, got "image tag"',
    ],
    [
      '    helm: { chart: web, repository: "https://ana:s3cret@charts.example.com" }\n',
      '9:37 services.web.helm.repository: expected the URL of a chart repository, starting with https:// and without a user, password or query, got "https://[redacted]@charts.example.com". For one that asks for a login give repositoryUser, and the worker FAIRWAY_HELM_REPOSITORY_PASSWORD.',
    ],
    [
      '    helm: { chart: "oci://ana:s3cret@registry.example.com/web" }\n',
      '9:20 services.web.helm.chart: expected a chart without a user or password, got "oci://[redacted]@registry.example.com/web". Use helm registry login.',
    ],
    [
      '    helm: { chart: ./chart, repositoryUser: ana }\n',
      '9:29 services.web.helm.repositoryUser: there is nowhere to log in. Give helm a repository, or remove repositoryUser.',
    ],
    [
      '    helm: { chart: ./chart, repository: "https://charts.example.com" }\n',
      '9:20 services.web.helm.chart: expected the name of a chart in the repository, got "./chart". Remove repository to use a path or oci://….',
    ],
    [
      '    timeouts: { rollout: 5 minutes }\n',
      '9:26 services.web.timeouts.rollout: expected a time from 10s to 6h, written like 30s, 10m or 1h30m, got "5 minutes"',
    ],
    [
      '    timeouts: { rollout: 7h }\n',
      '9:26 services.web.timeouts.rollout: expected a time from 10s to 6h, written like 30s, 10m or 1h30m, got "7h"',
    ],
    [
      '    environments: { stagin: { namespace: web } }\n',
      '9:21 services.web.environments.stagin: there is no such environment. Did you mean "staging"? Environments: staging.',
    ],
    ['    verification:\n', '9:18 services.web.verification: expected a mapping, got nothing'],
  ],
  'a check': [
    [
      '[helth]',
      '[0]: expected replicas, pods, health, ready, database, logs, image or alerts, or a mapping with a kind, got "helth". Did you mean "health"?',
    ],
    ['[health]', '[0]: has no port. Give the verification a port, or this check its own.'],
    ['[{ kind: http, path: / }]', '[0]: has no port. Give the verification a port, or this check its own.'],
    [
      '[{ kind: image, reported: { path: /, field: version } }]',
      '[0]: has no port. Give the verification a port, or this check its own.',
    ],
    ['[{ name: health }]', '[0].kind: is missing: expected replicas, pods, http, logs, image or alerts'],
    [
      '[{ kind: htpp }]',
      '[0].kind: expected replicas, pods, http, logs, image or alerts, got "htpp". Did you mean "http"?',
    ],
    [
      '[pods, replicas, { kind: http, path: /, port: http }]',
      '[2].port: expected a number between 1 and 65535, got "http"',
    ],
    ['[{ kind: http, path: /, port: 65536 }]', '[0].port: expected a number between 1 and 65535, got 65536'],
    [
      '[{ kind: http, path: health, port: 1 }]',
      '[0].path: expected a path that starts with /, for example /health, got "health"',
    ],
    [
      '[{ kind: http, path: /, port: 1, expectStatus: 200 }]',
      '[0].expectStatus: expected a list of status codes, got 200',
    ],
    [
      '[{ kind: http, path: /, port: 1, expectStatus: [20] }]',
      '[0].expectStatus[0]: expected an HTTP status code between 100 and 599, got 20',
    ],
    [
      '[{ kind: http, path: /, port: 1, expectJson: { status: [a] } }]',
      '[0].expectJson.status: expected a single value, got a list',
    ],
    [
      '[{ kind: http, path: /, port: 1, expextBody: x }]',
      '[0].expextBody: unknown key. Did you mean "expectBody"? Known here: kind, name, severity, port, path, method, expectStatus, expectJson, expectBody, whenUnsupported, timeout.',
    ],
    [
      '[{ kind: logs, pattern: "(" }]',
      "[0].pattern: expected a regular expression in RE2's syntax (no look-around, no back references), got one that does not compile (error parsing regexp: missing closing ): `(`)",
    ],
    [
      '[{ kind: logs, pattern: "(?<!no )error" }]',
      "[0].pattern: expected a regular expression in RE2's syntax (no look-around, no back references), got one that does not compile (error parsing regexp: invalid named capture: `(?<!no )error`)",
    ],
    ['[{ kind: logs, limit: many }]', '[0].limit: expected a whole number of lines, 0 or more, got "many"'],
    [
      '[pods, { kind: pods }]',
      '[1]: checks[0] has the name "pods running" too. Give each check its own name.',
    ],
    [
      '[{ kind: http, path: /a, port: 1 }, { kind: http, path: /a, port: 2 }]',
      '[1]: checks[0] has the name "GET /a" too. Give each check its own name.',
    ],
    ['[]', ': expected at least one check, got an empty list. Leave checks out to get the built-in ones.'],
    [
      '[5]',
      '[0]: expected replicas, pods, health, ready, database, logs, image or alerts, or a mapping with a kind, got 5',
    ],
  ],
};

test.each(tables['a value of an environment'] ?? [])(
  'in an environment, %j is reported with its place and remedy',
  (line, message) => {
    expect(mistakes(`${environments}${line}services: { web: { image: org/web } }\n`)).toEqual([
      `fairway.yaml:${message}`,
    ]);
  },
);

test.each(tables['a value of a service'] ?? [])(
  'in a service, %j is reported with its place and remedy',
  (line, message) => {
    expect(mistakes(`${service}${line}`)).toEqual([`fairway.yaml:${message}`]);
  },
);

test.each(tables['a check'] ?? [])(
  'the checks %s are reported with the place and remedy',
  (checks, message) => {
    const [found, ...others] = mistakes(`${service}    verification:\n      checks: ${checks}\n`);
    expect(others).toEqual([]);
    expect(found?.replace(/^fairway\.yaml:10:\d+ /, '')).toBe(`services.web.verification.checks${message}`);
  },
);

const steps = (...written: string[]) => `canary: { steps: [${written.join(', ')}] }`;
const smoke = (written: string) => `blueGreen: { smokeTests: [{ ${written} }] }`;
const ratio = (written: string) =>
  `analysis: { metrics: [{ kind: ratio, name: errors, failed: 'f{pod=~"{{pods}}"}', total: 't{pod=~"{{pods}}"}', ${written} }] }`;
const strategies: [string, string][] = [
  ['canary: [10, 100]', '.canary: expected a mapping with steps, got a list'],
  [steps(), '.canary.steps: expected a list of 1 to 20 steps, got an empty list'],
  [steps('100'), '.canary.steps[0]: expected a mapping with a weight, got 100'],
  [
    steps('{ weight: 0 }', '{ weight: 100 }'),
    '.canary.steps[0].weight: expected a whole number of percent from 1 to 100, got 0',
  ],
  [
    steps('{ weight: 30 }', '{ weight: 10 }', '{ weight: 100 }'),
    '.canary.steps: must have rising weights: 10 does not follow 30',
  ],
  [steps('{ weight: 10 }', '{ weight: 50 }'), '.canary.steps: must end with weight 100, and it ends with 50'],
  [
    steps('{ weight: 100, bake: 15 }'),
    '.canary.steps[0].bake: expected a time from 0s to 24h, written like 30s, 10m or 1h30m, got 15',
  ],
  [
    steps('{ weight: 100, wait: 15m }'),
    '.canary.steps[0].wait: unknown key. Known here: weight, bake, gate.',
  ],
  [steps('{ weight: 100, gate: ask }'), '.canary.steps[0].gate: expected true or false, got "ask"'],
  [
    'blueGreen: { keep: 5s }',
    '.blueGreen.keep: expected a time from 30s to 24h, written like 30s, 10m or 1h30m, got "5s"',
  ],
  [
    smoke('kind: pytest, name: a, port: 1'),
    '.blueGreen.smokeTests[0].kind: expected command or job, got "pytest"',
  ],
  [
    smoke('kind: command, name: a, port: 1, command: pytest tests'),
    '.blueGreen.smokeTests[0].command: expected a list of a program and its arguments, got "pytest tests"',
  ],
  [
    smoke('kind: command, name: a, command: [pytest]'),
    '.blueGreen.smokeTests[0]: has no port. Give the verification a port, or this smoke test its own.',
  ],
  [
    smoke('kind: command, name: a, port: 1, command: [pytest], baseUrlVariable: base-url'),
    '.blueGreen.smokeTests[0].baseUrlVariable: expected the name of an environment variable, for example BASE_URL, got "base-url"',
  ],
  [
    smoke('kind: job, name: a, port: 1, command: [pytest]'),
    '.blueGreen.smokeTests[0].image: is missing: expected an image, for example example/smoke:1.2.0',
  ],
  [
    smoke('kind: job, name: a, port: 1, command: [pytest], image: Example/Smoke'),
    '.blueGreen.smokeTests[0].image: "Example/Smoke" is not an image reference: "Smoke" in the repository must be lower-case letters and digits, with ".", "_" or "-" between',
  ],
  [
    'blueGreen: { smokeTests: [{ kind: command, name: a, port: 1, command: [a] }, { kind: command, name: a, port: 1, command: [b] }] }',
    '.blueGreen.smokeTests[1]: smokeTests[0] has the name "a" too. Give each its own name.',
  ],
  [ratio('limit: 5'), '.analysis.metrics[0].limit: expected a share above 0 and at most 1, got 5'],
  [
    ratio('minimumEvents: 0'),
    '.analysis.metrics[0].minimumEvents: expected a whole number of events, 1 or more, got 0',
  ],
  [
    ratio('tolerance: -1'),
    '.analysis.metrics[0].tolerance: expected a number, 0 or more (0.25 is 25 %), got -1',
  ],
  [
    'analysis: { metrics: [{ kind: distribution, name: latency, query: up }] }',
    '.analysis.metrics[0].query: the query reads the same for both tracks: it needs {{pods}}, {{track}} or {{deployment}}, in up',
  ],
  [
    'analysis: { metrics: [{ kind: average }] }',
    '.analysis.metrics[0].kind: expected ratio or distribution, got "average"',
  ],
  [
    'analysis: { whenInconclusive: pass }',
    '.analysis.whenInconclusive: expected extend, ask or rollBack, got "pass"',
  ],
  [
    'analysis: { maxRestarts: some }',
    '.analysis.maxRestarts: expected a whole number of restarts, 0 or more, got "some"',
  ],
];

test.each(strategies)('of a strategy, %s is reported with its place and remedy', (written, message) => {
  const [found, ...others] = mistakes(`${service}    ${written}\n`);
  expect(others).toEqual([]);
  expect(found?.replace(/^fairway\.yaml:9:\d+ /, '')).toBe(`services.web${message}`);
});

test.each([
  [
    'org/web:1.2.3',
    'expected an image repository without a tag or digest, got "org/web:1.2.3". Each release names its own version.',
  ],
  [
    'localhost:5000/web:1',
    'expected an image repository without a tag or digest, got "localhost:5000/web:1". Each release names its own version.',
  ],
  [
    '"web@sha256:0123"',
    'expected an image repository without a tag or digest, got "web@sha256:0123". Each release names its own version.',
  ],
  [
    'org/Web',
    'expected an image repository in lower case, for example registry.example.com/team/server, got "org/Web"',
  ],
  ['', 'expected an image repository, for example shop/server, got nothing'],
])('the image %s is reported', (image, message) => {
  const [found] = mistakes(`${environments}services:\n  web:\n    image: ${image}\n`);
  expect(found).toMatch(/^fairway\.yaml:7:\d+ services\.web\.image: /);
  expect(found?.replace(/^.*?image: /, '')).toBe(message);
});

test.each([
  ['', ['1:1 the file is empty. It needs environments and services.']],
  ['# later\n', ['1:1 the file is empty. It needs environments and services.']],
  ['hello', ['1:1 expected a mapping with environments and services, got "hello"']],
  [
    '{}',
    [
      '1:1 environments: is missing: expected a mapping of environment names',
      '1:1 services: is missing: expected a mapping of service names',
    ],
  ],
  [
    'environments: {}\nservices: {}\n',
    [
      '1:15 environments: is empty. Name at least one of the environments.',
      '2:11 services: is empty. Name at least one of the services.',
    ],
  ],
  [
    'environments: { a: b\nservices: {}\n',
    [
      '2:1 this is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }. Check indentation, quotes and colons here.',
    ],
  ],
  [`${service}    image: org/other\n`, ['9:5 this key is there twice. Keep one.']],
  [
    `${environments}services: { web: *image }\n`,
    ['5:18 there is no &image above this alias. Put the anchor where the value is first written.'],
  ],
  [
    `${environments}services: { Web: { image: org/web } }\n`,
    [`5:13 services.Web: expected a name of ${label}, got "Web"`],
  ],
  [
    `${environments}services: { web: { image: org/web } }\nservice: {}\n`,
    [
      '6:1 service: unknown key. Did you mean "services"? Known here: temporal, codeHost, onCall, environments, groups, freezes, services, schedules.',
    ],
  ],
])('the file %j is reported as a whole', (text, expected) => {
  expect(mistakes(text)).toEqual(expected.map((line) => `fairway.yaml:${line}`));
});

test.each([
  [
    'two environments',
    `${environments}  qa: { cluster: staging-cluster, namespace: web }\nservices: { web: { image: org/web } }\n`,
    'fairway.yaml:5:3 environments.qa: is the same Deployment (staging-cluster/web/web) as environments.staging, and two releases could meet there. Give each environment its own cluster or namespace.',
  ],
  [
    'two services',
    `${service}  api:\n    image: org/api\n    deployment: web\n`,
    'fairway.yaml:9:3 services.api: is the same Deployment (staging-cluster/web/web) as services.web, and two releases could meet there. Give each service its own deployment.',
  ],
])('one Deployment under %s would have two locks, and is reported', (_, text, message) => {
  expect(mistakes(text)).toEqual([message]);
});

test('aliases that multiply without end are refused, not followed', () => {
  const levels = Array.from(
    { length: 8 },
    (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
  );
  expect(mistakes(`a0: &a0 [x]\n${levels.join('\n')}\n`)).toEqual([
    expect.stringContaining('its aliases cannot be followed'),
  ]);
});

test('every mistake is reported at once, in the order of the file', () => {
  const text = `environments:
  Prod:
    cluster: prod
    namespace: 5
services:
  web:
    image: org/web:1
    update: helm
    verification:
      checks: [health, pods, pods]
  api: {}
`;
  expect(mistakes(text).map((line) => line.replace(/^fairway\.yaml:(\d+):\d+ (\S+): .*/, '$1 $2'))).toEqual([
    '2 environments.Prod',
    '4 environments.Prod.namespace',
    '7 services.web.image',
    '8 services.web.update',
    '10 services.web.verification.checks[0]',
    '10 services.web.verification.checks[2]',
    '11 services.api.image',
  ]);
});
