/**
 * Each right that the chart grants in a namespace, taken away in turn: the worker's own pre-flight names it before
 * anything changes. The table is the Role that the chart renders, so it cannot miss one. No account here has rights
 * of the whole cluster: releases do without them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { diagnosisPermissions } from '../../src/activities/diagnosis/permissions.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { PreflightReport } from '../../src/domain/observation.ts';
import type { Target } from '../../src/domain/target.ts';
import { clusterActivities } from '../../src/worker/activities.ts';
import { rightsParts } from '../../src/worker/rights.ts';
import { render, valuesFor } from '../support/chart.ts';
import { toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { namesOf, rightsIn, rulesWithout } from '../support/granted-rights.ts';
import { serviceAccountWith, type Account } from '../support/service-account.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';

// A machine that may be busy answers some thousand questions.
jest.setTimeout(400_000);

const smokeTest = { port: 8000, command: ['true'] };
const image = 'tensafe/server';
const configuration = (cluster: string, namespace: string) => ({
  environments: { test: { cluster, namespace } },
  services: {
    // For the rights alone.
    'by-exec': { image, verification: { port: 8000, reach: 'exec' } },
    'by-proxy': { image, verification: { port: 8000, reach: 'proxy' } },
    tensafe: {
      deployment: 'tensafe-server',
      image,
      helm: { chart: fileURLToPath(new URL('../../profiles/tensafe/chart', import.meta.url)) },
      verification: { port: 8000 },
      blueGreen: {
        smokeTests: [
          { ...smokeTest, kind: 'command', name: 'from here' },
          { ...smokeTest, kind: 'job', name: 'from within', image: 'example/smoke:1' },
        ],
      },
    },
  },
});
const rendered = await render(
  valuesFor(configuration('here', 'anywhere'), {
    workers: [
      {
        name: 'test',
        environments: ['test'],
        chartObjects: [
          { group: '', resources: ['configmaps', 'services'] },
          { group: 'policy', resources: ['poddisruptionbudgets'] },
        ],
      },
    ],
  }),
);
const rules = rendered.role('fairway-test', 'anywhere').rules ?? [];
const rights = rightsIn(rules);

/** A diagnosis goes on without them; whatever a release needs as well is not among these. */
const optional = diagnosisPermissions.flatMap(namesOf).filter((right) => !rightsOfReleases().includes(right));

function rightsOfReleases(): readonly string[] {
  const { release, tracks, verification, smoke, helm, helmUpdate } = rightsParts;
  const byKind = [...Object.values(verification), ...Object.values(smoke)].flat();
  return [...release, ...tracks, ...byKind, ...helm, ...helmUpdate].flatMap(namesOf);
}

const cluster = useLocalCluster();
let folder: string;
let installed: ServiceUnderRelease;
let configFile: string;
/** One for each way to reach pods. */
let targets: Readonly<Record<'portForward' | 'exec' | 'proxy', Target>>;
let before: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-refusals-'));
  installed = await installService(cluster(), { folder, version: '4.0.0' });
  configFile = join(folder, 'fairway.yaml');
  await writeFile(
    configFile,
    JSON.stringify(configuration(cluster().config.currentContext, installed.namespace)),
  );
  const { resolveTarget } = await loadConfiguration(configFile);
  const portForward = resolveTarget({ service: 'tensafe', environment: 'test' });
  targets = { portForward, exec: reachedBy(portForward, 'exec'), proxy: reachedBy(portForward, 'proxy') };
  before = await everything();
});

afterAll(() => rm(folder, { recursive: true }));

/** Whatever a release could have changed. */
const everything = () =>
  installed.kubectl('get', 'deployments,replicasets,services,configmaps,secrets,jobs,hpa,pods', '-o', 'name');

async function accountWithout(right: string | undefined): Promise<Account> {
  const name = `without-${right ?? 'nothing'}`.replaceAll(/[^a-z0-9]+/g, '-');
  const { namespace } = installed;
  return serviceAccountWith(cluster().config, { namespace, name, rules: rulesWithout(rules, right), folder });
}

/** What is missing for a blue/green release and for a rollback, as the worker itself asks. */
async function missingFor({ config, kubeconfig }: Account, of: Target): Promise<PreflightReport['problems']> {
  const { preflight } = clusterActivities({
    kubeConfig: config,
    kubeconfigPath: kubeconfig,
    helm: join(toolsFolder(), 'helm'),
    configFile,
  });
  const ask = async (input: Parameters<typeof preflight>[0]) =>
    (await new MockActivityEnvironment().run(preflight, input)) as PreflightReport;
  const reports = await Promise.all([
    ask({ target: of, image: 'tensafe/server:4.1.0', strategy: 'blueGreen' }),
    ask({ target: of }),
  ]);
  const problems = reports.flatMap((report) => report.problems);
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** Who needs it. Helm's part takes seconds; only rights on Helm's records and on what the chart holds are its business. */
function targetFor(resource: string): Target {
  if (resource === 'pods/exec') return targets.exec;
  if (resource === 'pods/proxy') return targets.proxy;
  const helms = ['secrets', 'configmaps', 'services', 'poddisruptionbudgets'];
  return helms.includes(resource) ? targets.portForward : withoutHelm(targets.portForward);
}

function reachedBy(target: Target, reach: 'exec' | 'proxy'): Target {
  const { service, ...rest } = withoutHelm(target);
  return { ...rest, service: { ...service, verification: { ...service.verification, reach } } };
}

function withoutHelm(target: Target): Target {
  const { helm: _helm, ...byImage } = target.service;
  return { ...target, service: { ...byImage, update: 'image' } };
}

test('with all of them, pre-flight finds nothing wrong', async () => {
  const account = await accountWithout(undefined);
  for (const target of Object.values(targets)) expect(await missingFor(account, target)).toEqual([]);
});

test.concurrent.each(rights.map((each) => [each.right, each] as const))(
  'without %s',
  async (right, { verb, group, resource }) => {
    const account = await accountWithout(right);
    const problems = await missingFor(account, targetFor(resource));
    if (optional.includes(right)) return expect(problems).toEqual([]);
    const [plain = '', subresource] = resource.split('/');
    const words = `${plain}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
    const refused = `this worker's account may not ${verb} ${words}`;
    expect(problems).toContainEqual({
      rule: 'permission-missing',
      message: `${refused} in namespace ${installed.namespace}`,
      remedy: expect.stringContaining(
        `apiGroups ["${group}"], resources ["${resource}"], verbs ["${verb}"]; the worker needs it to `,
      ),
    });
    // The same right on single objects, at most.
    expect(problems.filter(({ message }) => !message.startsWith(refused))).toEqual([]);
    // Who reaches pods in another way does without.
    if (resource === 'pods/exec' || resource === 'pods/proxy')
      expect(await missingFor(account, withoutHelm(targets.portForward))).toEqual([]);
  },
);

test('and nothing was changed', async () => {
  expect(await everything()).toBe(before);
});
