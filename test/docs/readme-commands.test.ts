/** Every command of the README, typed in its order by somebody who has its fairway.yaml. */
import { readFile } from 'node:fs/promises';
import { expect, jest, test } from '@jest/globals';
import { blocksOf, readPage } from './documented-commands.ts';
import { pageConfiguration } from './page-configuration.ts';
import { playedPage, type Elsewhere } from './played-page.ts';
import { useReader } from './reader.ts';

// Whole releases on a machine that may be busy.
jest.setTimeout(1_200_000);

const elsewhere: Elsewhere = {
  'npm run demo':
    'run by test/integration/demo.test.ts, good and bad, which compares what the README shows of it',
  'npm test': 'what runs this test',
  'npm run verify': 'what CI runs',
  'npm ci': 'the first thing that CI does',
  'npm run worker': 'its script is what this test starts, see below',
  'temporal server start-dev': 'the server of this test is one (local/temporal-server.ts)',
  "temporal workflow start --type standardDeployment --task-queue fairway --workflow-id tensafe-4.1.0 --fail-existing --static-summary 'TenSafe 4.1.0 to dev' --input":
    'a line of what the demo prints, which runs it',
};

const dev = { service: 'tensafe', environment: 'dev', requestedBy: 'you@example.com' };
const reader = useReader('dev', 'production');

test('each does what the README says', async () => {
  const page = await playedPage('README.md', { env: reader.env }, elsewhere);
  const [firstRelease = '', agreed = ''] = blocksOf(await readPage('README.md'), 'yaml');
  const namespaces = {
    dev: reader.place('dev').namespace,
    production: reader.place('production').namespace,
  };
  await reader.serve(
    pageConfiguration([firstRelease.replace('./profiles/tensafe/chart', './chart'), agreed], {
      context: reader.context(),
      namespaces,
    }),
  );

  // A first real release
  await page.play('temporal workflow start --type standardDeployment');
  expect((await reader.ended('tensafe-4.1.0')).outcome).toBe('released');
  await page.play('temporal workflow metadata', { until: 'Released' });
  await page.play('temporal workflow query', { until: '"outcome":"released"' });

  // Stop a release, in both ways
  for (const stop of ['signal', 'cancel']) {
    // So slow that nobody stops it too late.
    await reader.start('standardDeployment', 'tensafe-4.2.0', { ...dev, version: '4.2.0-slow-start' });
    await reader.untilStatus('tensafe-4.2.0', ({ phase }) => phase === 'Monitor rollout');
    await page.play(`temporal workflow ${stop} -w tensafe-4.2.0`);
    if (stop === 'signal') await page.play('temporal workflow result', { exitCode: 1 });
    expect((await reader.ended('tensafe-4.2.0')).outcome).toBe('aborted');
    expect(await reader.place('dev').images()).toContain('tensafe/server:4.1.0');
  }
  await page.play('temporal workflow execute --type verification');

  // A release that people agree on
  await page.play('temporal workflow start --type release');
  await reader.untilStatus('tensafe-4.1.0', ({ approval }) => approval !== undefined);
  await page.play('temporal workflow signal -w tensafe-4.1.0 --name approve');
  await reader.untilStatus('tensafe-4.1.0', ({ approval }) => approval?.approvals.length === 1);
  expect(await page.play('temporal workflow update execute', { exitCode: 1 })).toContain(
    'asked for this release',
  );
  await page.play('temporal workflow list', { until: 'tensafe-4.1.0' });
  await reader.abort('tensafe-4.1.0');

  // Canary, blue/green, rollback
  await reader.start('standardDeployment', 'tensafe-4.0.0', { ...dev, version: '4.0.0' });
  expect((await reader.ended('tensafe-4.0.0')).outcome).toBe('released');
  await page.play('temporal workflow start --type canaryDeployment');
  await reader.untilStatus('tensafe-4.1.0', ({ phase }) => phase === 'Watch at 10 %');
  await page.play('temporal workflow start --type rollback');
  expect((await reader.ended('tensafe-4.1.0')).outcome).toBe('aborted');
  expect(['rolledBack', 'unchanged']).toContain((await reader.ended('tensafe-rollback')).outcome);

  // When it goes wrong
  if (!(await reader.place('dev').images()).includes('tensafe/server:4.1.0')) {
    await reader.start('standardDeployment', 'tensafe-4.1.0', { ...dev, version: '4.1.0' });
    await reader.ended('tensafe-4.1.0');
  }
  // The diagnosis has ten seconds, in which a busy machine may not come as far as the log.
  const found = { exitCode: 1, until: 'cannot reach the key store' };
  await page.play('temporal workflow execute --type standardDeployment', found);
  expect(await page.play('temporal workflow execute --type diagnosis')).toContain('Nothing is wrong');
  await page.play('temporal workflow list', { until: 'tensafe-4.1.1-crash' });

  expect(page.leftOver()).toEqual([]);
});

test('"npm run worker" starts what this test starts', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  expect(scripts['worker']).toBe('tsx src/worker.ts');
});
