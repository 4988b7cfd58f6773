/** Every command of the guides, typed in the situation that its guide describes. */
import { readdir } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { blocksOf, documentedCommands, readPage } from './documented-commands.ts';
import { pageConfiguration } from './page-configuration.ts';
import { playedPage } from './played-page.ts';
import { useReader } from './reader.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(900_000);

const reader = useReader('staging', 'production');
const by = 'rita@example.com';
const production = { service: 'shop', environment: 'production', requestedBy: by };
const staging = { ...production, environment: 'staging' };

/** The guide's first blocks of YAML as one file, on the test's cluster. */
async function configurationOf(path: string, indices: readonly number[], change = {}): Promise<string> {
  const blocks = blocksOf(await readPage(path), 'yaml');
  const namespaces = {
    staging: reader.place('staging').namespace,
    production: reader.place('production').namespace,
  };
  return pageConfiguration(
    indices.map((index) => blocks[index] ?? ''),
    { context: reader.context(), namespaces },
    change,
  );
}

const played: string[] = [];
function open(path: string) {
  played.push(path);
  return playedPage(path, { env: reader.env });
}

describe('the guide to', () => {
  test('the checklist', async () => {
    const path = 'docs/guides/checklist.md';
    const page = await open(path);
    // Systems of other people stay where they are.
    const nowhere = 'http://127.0.0.1:9';
    await reader.serve(
      await configurationOf(path, [0], {
        codeHost: { kind: 'github', url: nowhere },
        onCall: { kind: 'pagerduty', schedule: 'PABC123', url: nowhere },
      }),
    );
    await reader.start('release', 'shop-4.1.0', { ...production, version: '4.1.0' });
    await reader.untilStatus('shop-4.1.0', ({ phase, next }) => phase === 'Checklist' && next !== undefined);
    await page.play('temporal workflow signal');
    await reader.untilStatus(
      'shop-4.1.0',
      ({ checklist }) => checklist?.find(({ name }) => name === 'rollbackPlan')?.state === 'done',
    );
    await reader.abort('shop-4.1.0');
    expect(page.leftOver()).toEqual([]);
  });

  test('promotion', async () => {
    const path = 'docs/guides/promotion.md';
    const page = await open(path);
    await reader.serve(await configurationOf(path, [0]));
    await page.play('temporal workflow execute --type release', { exitCode: 1 });
    await page.play('temporal workflow list');
    await reader.serve(await configurationOf(path, [0, 1]));
    await reader.start('release', 'shop-4.1.0', { ...production, version: '4.1.0' });
    await reader.untilStatus('shop-4.1.0', ({ waitingFor }) => waitingFor !== undefined);
    await page.play('temporal workflow signal -w shop-4.1.0 --name override');
    expect(await reader.ended('shop-4.1.0')).toMatchObject({
      outcome: 'released',
      decisions: [{ by: 'ada@example.com', reason: 'fixes the outage' }],
    });
    expect(page.leftOver()).toEqual([]);
  });

  test('the queue', async () => {
    const path = 'docs/guides/queue.md';
    const page = await open(path);
    await reader.serve(await configurationOf(path, []));
    const steps = [
      { weight: 50, bake: '1h' },
      { weight: 100, bake: '0s' },
    ];
    await reader.start('release', 'holder', { ...staging, version: '4.1.0', strategy: 'canary', steps });
    await reader.untilStatus('holder', ({ runsIn }) => runsIn !== undefined);
    await page.play('temporal workflow start --type release');
    const { queue } = await reader.untilStatus('shop-4.2.0', (status) => status.queue !== undefined);
    expect(queue).toMatchObject({ place: 1, behind: 'holder' });
    await page.play('temporal workflow list');
    await page.play('temporal workflow signal');
    expect(await reader.ended('shop-4.2.0')).toMatchObject({ outcome: 'aborted' });
    await reader.abort('holder');
    expect(page.leftOver()).toEqual([]);
  });

  test('schedules', async () => {
    const path = 'docs/guides/schedules.md';
    const page = await open(path);
    await reader.serve(await configurationOf(path, [0]));
    await page.play('temporal schedule create');
    await page.play('temporal schedule trigger');
    const released = "TemporalScheduledById = 'shop-staging-nightly' AND FairwayOutcome = 'released'";
    const [fired] = await eventually(
      async () => {
        const { stdout } = await reader.cli('workflow', 'list', '--output', 'json', '--query', released);
        return JSON.parse(stdout || '[]') as { execution: { workflowId: string } }[];
      },
      ({ length }) => length > 0,
      { everyMs: 300, withinMs: 600_000 },
    );
    expect(fired?.execution.workflowId).toMatch(/^shop-staging-nightly-\d{4}-/);
    expect(await page.play('temporal schedule describe')).toContain('shop-staging-nightly');
    const { stdout } = await reader.cli('schedule', 'list');
    expect(stdout).toContain('shop-production-weekly');
    expect(page.leftOver()).toEqual([]);
  });

  test('windows', async () => {
    const path = 'docs/guides/windows.md';
    const page = await open(path);
    // The guide's freeze is in another season.
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const freezes = { 'year-end': { from: '2020-01-01', to: tomorrow, timeZone: 'Europe/Berlin' } };
    await reader.serve(await configurationOf(path, [0], { freezes }));
    await reader.start('release', 'shop-4.1.0', { ...production, version: '4.3.0' });
    await reader.untilStatus('shop-4.1.0', ({ waitingFor }) => waitingFor !== undefined);
    await page.play('temporal workflow query', { until: 'year-end' });
    await page.play('temporal workflow signal -w shop-4.1.0 --name override');
    expect(await reader.ended('shop-4.1.0')).toMatchObject({
      outcome: 'released',
      decisions: [{ by: 'ana@example.com', reason: 'mends the checkout' }],
    });
    expect(page.leftOver()).toEqual([]);
  });
});

test('no guide with commands is left out', async () => {
  const pages = (await readdir(new URL('../../docs/guides/', import.meta.url))).map(
    (name) => `docs/guides/${name}`,
  );
  const withCommands = await Promise.all(
    pages.map(async (path) => ((await documentedCommands(path)).length === 0 ? [] : [path])),
  );
  expect(withCommands.flat().sort()).toEqual([...played].sort());
});
