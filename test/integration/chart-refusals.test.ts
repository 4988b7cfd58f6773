/**
 * Each right that the chart grants, taken away in turn: the worker's own pre-flight names it before anything changes.
 * The table is the Role that the chart renders, so it cannot miss one.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { V1PolicyRule } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { diagnosisPermissions } from '../../src/activities/diagnosis/permissions.ts';
import type { Permission } from '../../src/activities/kubernetes/permissions.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { PreflightReport } from '../../src/domain/observation.ts';
import type { Target } from '../../src/domain/target.ts';
import { clusterActivities } from '../../src/worker/activities.ts';
import { rightsParts } from '../../src/worker/rights.ts';
import { rightName } from '../support/audit-log.ts';
import { render, valuesFor } from '../support/chart.ts';
import { toolsFolder, useLocalCluster } from '../support/cluster.ts';
import { serviceAccountWith, type Account } from '../support/service-account.ts';
import { installService, type ServiceUnderRelease } from '../support/service-under-release.ts';

// A machine that may be busy answers some thousand questions.
jest.setTimeout(120_000);

const smokeTest = { port: 8000, command: ['true'] };
const configuration = (cluster: string, namespace: string) => ({
  environments: { test: { cluster, namespace } },
  services: {
    tensafe: {
      deployment: 'tensafe-server',
      image: 'tensafe/server',
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
const rights = rules.flatMap((rule) => rule.verbs.map((verb) => ({ rule, verb, right: nameOf(rule, verb) })));

/** A diagnosis goes on without them; whatever a release needs as well is not among these. */
const optional = diagnosisPermissions.flatMap(namesOf).filter((right) => !rightsOfReleases().includes(right));

function rightsOfReleases(): readonly string[] {
  const { release, tracks, verification, smoke, helm, helmUpdate } = rightsParts;
  const byKind = [...Object.values(verification), ...Object.values(smoke)].flat();
  return [...release, ...tracks, ...byKind, ...helm, ...helmUpdate].flatMap(namesOf);
}

function namesOf({ group, resource, subresource, verbs }: Permission): readonly string[] {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return verbs.map((verb) => rightName(verb, group, full));
}

function nameOf({ apiGroups = [], resources = [] }: V1PolicyRule, verb: string): string {
  return rightName(verb, apiGroups[0] ?? '', resources[0] ?? '');
}

const cluster = useLocalCluster();
let folder: string;
let service: ServiceUnderRelease;
let configFile: string;
let target: Target;
let before: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-refusals-'));
  service = await installService(cluster(), { folder, version: '4.0.0' });
  configFile = join(folder, 'fairway.yaml');
  await writeFile(
    configFile,
    JSON.stringify(configuration(cluster().config.currentContext, service.namespace)),
  );
  target = (await loadConfiguration(configFile)).resolveTarget({ service: 'tensafe', environment: 'test' });
  before = await everything();
});

afterAll(() => rm(folder, { recursive: true }));

/** Whatever a release could have changed. */
const everything = () =>
  service.kubectl('get', 'deployments,replicasets,services,configmaps,secrets,jobs,hpa,pods', '-o', 'name');

async function accountWithout(right: string | undefined): Promise<Account> {
  const left = rules.flatMap((rule): V1PolicyRule[] => {
    const verbs = rule.verbs.filter((verb) => nameOf(rule, verb) !== right);
    return verbs.length === 0 ? [] : [{ ...rule, verbs }];
  });
  const name = `without-${right ?? 'nothing'}`.replaceAll(/[^a-z0-9]+/g, '-');
  const { namespace } = service;
  return serviceAccountWith(cluster().config, { namespace, name, rules: left, folder });
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

/** Helm's part takes seconds; only rights on Helm's records and on what the chart holds are its business. */
function targetFor(resource: string): Target {
  const helms = ['secrets', 'configmaps', 'services', 'poddisruptionbudgets'];
  if (helms.includes(resource)) return target;
  const { helm: _helm, ...byImage } = target.service;
  return { ...target, service: { ...byImage, update: 'image' } };
}

test('with all of them, pre-flight finds nothing wrong', async () => {
  expect(await missingFor(await accountWithout(undefined), target)).toEqual([]);
});

test.concurrent.each(rights.map(({ right, verb, rule }) => [right, verb, rule] as const))(
  'without %s',
  async (right, verb, { apiGroups = [], resources = [] }) => {
    const [group = '', resource = ''] = [apiGroups[0], resources[0]];
    const problems = await missingFor(await accountWithout(right), targetFor(resource));
    if (optional.includes(right)) return expect(problems).toEqual([]);
    const [plain = '', subresource] = resource.split('/');
    const words = `${plain}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
    const refused = `this worker's account may not ${verb} ${words}`;
    expect(problems).toContainEqual({
      rule: 'permission-missing',
      message: `${refused} in namespace ${service.namespace}`,
      remedy: expect.stringContaining(
        `apiGroups ["${group}"], resources ["${resource}"], verbs ["${verb}"]; the worker needs it to `,
      ),
    });
    // The same right on single objects, at most.
    expect(problems.filter(({ message }) => !message.startsWith(refused))).toEqual([]);
  },
);

test('and nothing was changed', async () => {
  expect(await everything()).toBe(before);
});
