/** A standard deployment as a person runs it: the temporal CLI, a real server, worker, API server and Helm. */
import { describe, expect, jest, test } from '@jest/globals';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { useCluster } from '../support/cluster.ts';
import { eventually, eventualStatus } from '../support/eventually.ts';
import { recordHistory } from '../support/record-history.ts';
import { taskQueue, useReleaseStage } from '../support/release-stage.ts';
import { untilDiagnosed } from '../support/until-diagnosed.ts';

// Whole releases side by side, on a machine that may be busy.
jest.setTimeout(1_200_000);

const cluster = useCluster();
/** One for each test that changes it, for these run side by side; `still` changes in none. */
const environments = ['dev', 'unwell', 'crashes', 'abort', 'gone', 'stuck', 'still'] as const;
/** Seconds for each pod of a rollout in whose middle something is done. */
const slow = { minReadySeconds: 10 };
const { address, service, cli, status, until } = useReleaseStage(cluster, {
  environments,
  exceptions: { dev: slow, stuck: slow },
});

const requestedBy = 'ana@example.com';
const input = { service: 'tensafe', environment: 'dev', version: '4.1.0', requestedBy };

async function start(workflowId: string, request: unknown, type = 'standardDeployment') {
  return cli(...startArgs('start', workflowId, request, type), '--fail-existing');
}

/** Starts, waits for the end, and answers as `temporal workflow execute` does. */
async function execute(workflowId: string, request: unknown, type = 'standardDeployment') {
  return cli(...startArgs('execute', workflowId, request, type));
}

function startArgs(verb: string, workflowId: string, request: unknown, type: string): string[] {
  const json = typeof request === 'string' ? request : JSON.stringify(request);
  return [
    ...['workflow', verb, '--type', type, '--task-queue', taskQueue],
    ...['--workflow-id', workflowId, '--input', json],
  ];
}

async function result(workflowId: string) {
  return cli('workflow', 'result', '-w', workflowId);
}

describe('a standard deployment started with the temporal CLI', () => {
  test.concurrent('refuses bad input with one clear message, and changes nothing', async () => {
    const bad = { ...input, environment: 'still' };
    const generation = ['get', 'deployment', 'tensafe-server', '-o', 'jsonpath={.metadata.generation}'];
    const before = await service('still').kubectl(...generation);
    const refusals = await Promise.all([
      execute('bad-1', { ...bad, service: 'tensave' }),
      execute('bad-2', { service: 'tensafe', environment: 'still' }),
      execute('bad-3', { ...bad, version: 41 }),
      execute('bad-4', '"tensafe"'),
      execute('bad-5', { ...bad, version: '4.0.0' }),
      execute('bad-6', '{"service":'),
    ]);
    expect(refusals.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1, 1, 1]);
    const said = refusals.map(({ stdout, stderr }) => `${stdout}\n${stderr}`);
    expect(said[0]).toContain('fairway.yaml has no service "tensave". Did you mean "tensafe"?');
    expect(said[1]).toContain('"version" is missing; for example "version": "4.1.0"');
    expect(said[2]).toContain('"version" must be a text in double quotes, got 41');
    expect(said[3]).toContain('the input must be one JSON object, got "tensafe"');
    expect(said[4]).toContain('already runs tensafe/server:4.0.0 (same-version)');
    expect(said[5]).toContain('input #1 is not valid JSON');
    expect(await service('still').kubectl(...generation)).toBe(before);
    await recordHistory(address(), 'bad-5', 'refused');
  });

  test.concurrent(
    'releases the new version; a second one meanwhile is refused with the name of the first',
    async () => {
      expect((await start('tensafe-4.1.0', input)).exitCode).toBe(0);
      await eventualStatus(
        () => status('tensafe-4.1.0'),
        ({ runsIn }) => runsIn !== undefined,
      );
      // Side by side: on a busy machine the first may have ended after one of them.
      const [again, second] = await Promise.all([
        start('tensafe-4.1.0', input),
        execute('tensafe-4.2.0', { ...input, version: '4.2.0' }),
      ]);
      expect(again.exitCode).toBe(1);
      expect(second.stdout + second.stderr).toMatch(
        /tensafe in dev is held by release "tensafe-4\.1\.0" \(tensafe v4\.1\.0 → dev, standard, requested by ana@example\.com/,
      );

      expect((await result('tensafe-4.1.0')).exitCode).toBe(0);
      const ended = await status('tensafe-4.1.0');
      expect(ended).toMatchObject({
        outcome: 'released',
        from: 'tensafe/server:4.0.0',
        to: 'tensafe/server:4.1.0',
      });
      expect(ended.verification?.checks.map(({ verdict }) => verdict)).not.toContain('fail');
      expect(await service('dev').images()).toContain('tensafe/server:4.1.0');
      // What Helm has stored agrees with the cluster, and what a person had set is still set.
      expect(JSON.parse(await service('dev').helm('get', 'values', 'tensafe', '-o', 'json'))).toMatchObject({
        image: { tag: '4.1.0' },
        ...slow,
      });
      expect(
        await service('dev').kubectl(
          'get',
          'configmaps',
          '-l',
          'app.kubernetes.io/managed-by=fairway',
          '-o',
          'name',
        ),
      ).toMatch(/^configmap\/fairway-backup-tensafe-\S+$/);
      await recordHistory(address(), 'target:tensafe:dev', 'released-by-helm');
      await recordHistory(address(), 'tensafe-4.1.0', 'released-asking');
      await recordHistory(address(), 'tensafe-4.2.0', 'target-held');
    },
  );

  test.concurrent(
    'that does not verify returns to the recorded revision, in the cluster and in Helm',
    async () => {
      const ended = await execute('tensafe-bad', {
        ...input,
        environment: 'unwell',
        version: '4.1.1-unhealthy',
      });
      expect(ended.exitCode).toBe(1);
      expect(ended.stdout + ended.stderr).toMatch(
        /health endpoint: 0\/3 pods.*TenSafe in unwell is back on 4\.0\.0/s,
      );
      expect(await status('tensafe-bad')).toMatchObject({ outcome: 'rolledBack', verifiedVersion: '4.0.0' });
      expect(
        JSON.parse(await service('unwell').helm('get', 'values', 'tensafe', '-o', 'json')),
      ).toMatchObject({
        image: { tag: '4.0.0' },
      });
      expect(
        await service('unwell').kubectl(
          'get',
          'deployment',
          'tensafe-server',
          '-o',
          'jsonpath={.spec.template.spec.containers[0].image}',
        ),
      ).toBe('tensafe/server:4.0.0');
      await recordHistory(address(), 'target:tensafe:unwell', 'diagnosed-and-rolled-back-by-helm');
    },
  );

  test.concurrent(
    'whose pods crash is stopped as soon as that is known, long before the five minutes are over',
    async () => {
      const request = { ...input, environment: 'crashes', version: '4.1.1-crash', update: 'image' };
      const ended = await execute('tensafe-crash', request);
      expect(ended.stdout + ended.stderr).toMatch(/\[crash-loop-back-off\].*back on 4\.0\.0/s);
      const monitor = (await status('tensafe-crash')).steps.find(({ name }) => name === 'Monitor rollout');
      expect(Date.parse(monitor?.endedAt ?? '') - Date.parse(monitor?.startedAt ?? '')).toBeLessThan(290_000);
      await recordHistory(address(), 'target:tensafe:crashes', 'crash-diagnosed-and-rolled-back');
    },
  );

  test.concurrent('can be aborted by signal: everything is put back', async () => {
    await start('tensafe-abort', {
      ...input,
      environment: 'abort',
      version: '4.3.0-slow-start',
      update: 'image',
    });
    await until('tensafe-abort', 'Monitor rollout');
    const message = '{"by":"ben@example.com","reason":"wrong one"}';
    expect(
      (await cli('workflow', 'signal', '-w', 'tensafe-abort', '--name', 'abort', '--input', message))
        .exitCode,
    ).toBe(0);
    const ended = await result('tensafe-abort');
    expect(ended.stdout + ended.stderr).toMatch(
      /aborted by ben@example\.com: wrong one\. TenSafe in abort is back on 4\.0\.0/,
    );
    await recordHistory(address(), 'target:tensafe:abort', 'aborted');
  });

  test.concurrent('whose asking workflow is terminated puts the target back all the same', async () => {
    await start('tensafe-gone', {
      ...input,
      environment: 'gone',
      version: '4.4.0-slow-start',
      update: 'image',
    });
    await until('tensafe-gone', 'Monitor rollout');
    await cli('workflow', 'terminate', '-w', 'tensafe-gone', '--reason', 'pulled the plug');
    await result('target:tensafe:gone');
    expect(await status('target:tensafe:gone')).toMatchObject({
      outcome: 'aborted',
      release: 'tensafe-gone',
    });
    expect(
      await service('gone').kubectl(
        'get',
        'deployment',
        'tensafe-server',
        '-o',
        'jsonpath={.spec.template.spec.containers[0].image}',
      ),
    ).toBe('tensafe/server:4.0.0');
    await recordHistory(address(), 'target:tensafe:gone', 'cancelled');
  });

  test.concurrent('that cannot be put back says what is left, and how a person does it', async () => {
    const { helm, kubectl } = service('stuck');
    const history = JSON.parse(await helm('history', 'tensafe', '--output', 'json')) as readonly {
      readonly revision: number;
    }[];
    const recorded = String(history.at(-1)?.revision);
    // It is not well once all of its pods run: long after what Helm needs has gone.
    await start('tensafe-stuck', { ...input, environment: 'stuck', version: '4.5.0-unhealthy' });
    await until('tensafe-stuck', 'Monitor rollout');
    // What Helm would go back to.
    await kubectl('delete', 'secret', `sh.helm.release.v1.tensafe.v${recorded}`);
    const ended = await result('tensafe-stuck');
    expect(ended.stdout + ended.stderr).toMatch(
      new RegExp(`could not be returned to 4\\.0\\.0.*By hand: helm rollback tensafe ${recorded} `, 's'),
    );
    expect(await status('tensafe-stuck')).toMatchObject({ outcome: 'rollbackFailed' });
    await recordHistory(address(), 'target:tensafe:stuck', 'rollback-failed');
  });

  // When all of those above have ended.
  test('is found once by its search attributes, as the workflow that a person started', async () => {
    const { service: byService, outcome } = searchAttributeNames;
    const query = `${byService}="tensafe" AND ${outcome}="released"`;
    const list = async () => (await cli('workflow', 'list', '--query', query, '--output', 'json')).stdout;
    // Lists are a moment behind.
    const stdout = await eventually(list, (listed) => listed.includes('workflowId'), { everyMs: 200 });
    const found = (JSON.parse(stdout) as { execution: { workflowId: string } }[]).map(
      (each) => each.execution.workflowId,
    );
    expect(found).toEqual(['tensafe-4.1.0']);
  });
});

describe('a verification started with the temporal CLI', () => {
  const request = { service: 'tensafe', environment: 'still' };

  test.concurrent('answers with every check', async () => {
    const ended = await execute('check-1', request, 'verification');
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain('health endpoint');
    await recordHistory(address(), 'check-1', 'verification-passed');
  });

  test.concurrent('fails when another version is expected', async () => {
    const run = await untilDiagnosed(async (attempt) => {
      const workflowId = `check-2-${attempt}`;
      const ended = await execute(workflowId, { ...request, version: '9.9.9' }, 'verification');
      return { workflowId, ended, status: await status(workflowId) };
    });
    expect(run.ended.exitCode).toBe(1);
    expect(run.ended.stdout + run.ended.stderr).toMatch(/9\.9\.9.*Diagnosis: /s);
    expect(run.status).toMatchObject({ outcome: 'failed' });
    expect(run.status).toHaveProperty('diagnosis.summary');
    await recordHistory(address(), run.workflowId, 'verification-diagnosed');
  });

  test.concurrent('is refused for an environment that nobody knows', async () => {
    const ended = await execute('check-3', { ...request, environment: 'prod' }, 'verification');
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout + ended.stderr).toMatch(/has no environment "prod".*Nothing was changed\./s);
    expect(await status('check-3')).toMatchObject({ outcome: 'refused' });
    await recordHistory(address(), 'check-3', 'verification-refused');
  });
});
