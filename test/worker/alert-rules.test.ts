/** The alert rules that are shipped, by Prometheus' own tool. */
import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { planMonitoring } from '../../local/monitoring-programs.ts';

const rules = fileURLToPath(new URL('../../deploy/monitoring/fairway-rules.yaml', import.meta.url));
const measured = fileURLToPath(new URL('../../src/workflows/metrics.ts', import.meta.url));

const prometheus = planMonitoring().paths()?.prometheus;
const promtool = prometheus === undefined ? undefined : join(dirname(prometheus), 'promtool');
const withPromtool = promtool !== undefined && existsSync(promtool) ? test : test.skip;

/** Metrics are counted from 0 minutes on, one value a minute. */
const cases = {
  rule_files: [rules],
  evaluation_interval: '1m',
  tests: [
    {
      interval: '1m',
      input_series: [
        {
          series: 'fairway_compensations_failed{service="shop",environment="production"}',
          values: '_ _ 1x30',
        },
        { series: 'temporal_num_pollers{task_queue="fairway",poller_type="workflow_task"}', values: '2x5' },
        ...releases('released', '0x9 1x20'),
        ...releases('rolledBack', '0x9 2x20'),
      ],
      alert_rule_test: [
        // The first one ever, which increase() alone would miss.
        { eval_time: '3m', alertname: 'FairwayReleaseNotPutBack', exp_alerts: [notPutBack()] },
        { eval_time: '25m', alertname: 'FairwayReleaseNotPutBack', exp_alerts: [] },
        { eval_time: '5m', alertname: 'FairwayReleasesFail', exp_alerts: [] },
        { eval_time: '20m', alertname: 'FairwayReleasesFail', exp_alerts: [releasesFail()] },
        { eval_time: '9m', alertname: 'FairwayNobodyServesReleases', exp_alerts: [] },
        { eval_time: '25m', alertname: 'FairwayNobodyServesReleases', exp_alerts: [nobodyServes()] },
      ],
    },
  ],
};

function releases(outcome: string, values: string) {
  const labels = `service="shop",environment="production",workflowType="release",outcome="${outcome}"`;
  return [{ series: `fairway_releases{${labels}}`, values }];
}

function notPutBack() {
  return {
    exp_labels: { severity: 'page', service: 'shop', environment: 'production' },
    exp_annotations: annotationsOf('FairwayReleaseNotPutBack'),
  };
}

function releasesFail() {
  return {
    exp_labels: { severity: 'ticket', service: 'shop', environment: 'production' },
    exp_annotations: annotationsOf('FairwayReleasesFail'),
  };
}

function nobodyServes() {
  return {
    exp_labels: { severity: 'page', task_queue: 'fairway', poller_type: 'workflow_task' },
    exp_annotations: annotationsOf('FairwayNobodyServesReleases'),
  };
}

/** As a person reads them. */
function annotationsOf(name: string): Record<string, string> {
  const texts: Record<string, [summary: string, description: string]> = {
    FairwayReleaseNotPutBack: [
      'shop in production is neither old nor new',
      'A release failed, and something that it changed could not be put back. The result of the release in the Temporal UI names what is left and the commands that put it right by hand.',
    ],
    FairwayReleasesFail: [
      'More than half of the releases of shop in production fail',
      'Look at the diagnosis in the results of the last releases, in the Temporal UI.',
    ],
    FairwayNobodyServesReleases: [
      'No worker polls for releases',
      'Releases start and stand still until a worker polls again. Ask /readyz of the workers why they do not.',
    ],
  };
  const [summary = '', description = ''] = texts[name] ?? [];
  return { summary, description };
}

withPromtool('fire when they should, and not before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairway-rules-'));
  const file = join(folder, 'tests.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(cases));
  const { exitCode, all } = await execa(promtool ?? '', ['test', 'rules', file], {
    reject: false,
    all: true,
  });
  await rm(folder, { recursive: true });
  expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')]);
});

test('ask only for metrics of Fairway that there are', async () => {
  const named = (text: string) => new Set(text.match(/\bfairway_[a-z_]+/g));
  const known = named(await readFile(measured, 'utf8'));
  const asked = named(await readFile(rules, 'utf8'));
  expect(asked.size).toBeGreaterThan(0);
  expect([...asked].filter((name) => !known.has(name))).toEqual([]);
});
