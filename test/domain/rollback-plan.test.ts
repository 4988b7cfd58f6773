import { describe, expect, test } from '@jest/globals';
import type { ObservedTarget } from '../../src/domain/observation.ts';
import type { RollbackFacts } from '../../src/domain/rollback-decision.ts';
import { obstacles, planRollback } from '../../src/domain/rollback-plan.ts';
import type { RollbackTo } from '../../src/domain/rollback-request.ts';
import { aHelmRevision, aHistory, aRevision } from '../support/a-history.ts';
import { anObservation, aTarget } from '../support/a-target.ts';

function observed(change: Partial<ObservedTarget['deployment']> = {}): ObservedTarget {
  const observation = anObservation({ image: 'example/shop:4.1.0', ...change });
  return { ...observation, helm: { ...observation.helm, manifestImage: 'example/shop:4.1.0' } as never };
}

function facts(change: Partial<RollbackFacts> = {}): RollbackFacts {
  return {
    target: aTarget({ service: { update: 'helm' } }),
    observed: observed(),
    history: aHistory(),
    ...change,
  };
}

function plan(to: RollbackTo, change: Partial<RollbackFacts> = {}) {
  return planRollback({ service: 'shop', environment: 'dev', to, reason: 'errors' }, facts(change));
}

describe('a rollback returns', () => {
  test.each<[RollbackTo, string, number | undefined, string]>([
    [
      { kind: 'previous' },
      'example/shop:4.0.0',
      6,
      'revision 3 (example/shop:4.0.0, made 2026-02-03 09:00 UTC), with Helm revision 6',
    ],
    [
      { kind: 'revision', revision: 2 },
      'example/shop:3.9.0',
      5,
      'revision 2 (example/shop:3.9.0, made 2026-02-02 09:00 UTC), with Helm revision 5',
    ],
    [
      { kind: 'revision', revision: 1 },
      'example/shop:3.9.0',
      5,
      'revision 2 (example/shop:3.9.0, made 2026-02-02 09:00 UTC), with Helm revision 5',
    ],
    [
      { kind: 'version', version: '4.0.0' },
      'example/shop:4.0.0',
      6,
      'revision 3 (example/shop:4.0.0, made 2026-02-03 09:00 UTC), with Helm revision 6',
    ],
    [
      { kind: 'helmPrevious' },
      'example/shop:4.0.0',
      6,
      'Helm revision 6 (example/shop:4.0.0, chart shop-1.0.0, of 2026-02-06 08:59 UTC)',
    ],
    [
      { kind: 'helmRevision', revision: 5 },
      'example/shop:3.9.0',
      5,
      'Helm revision 5 (example/shop:3.9.0, chart shop-1.0.0, of 2026-02-05 08:59 UTC)',
    ],
    [
      { kind: 'latestBackup' },
      'example/shop:4.0.0',
      undefined,
      'backup fairway-backup-shop-2 (example/shop:4.0.0, 3 replicas, of 2026-02-03 10:00 UTC)',
    ],
    [
      { kind: 'backup', configMap: 'fairway-backup-shop-1' },
      'example/shop:3.9.0',
      undefined,
      'backup fairway-backup-shop-1 (example/shop:3.9.0, 3 replicas, of 2026-02-03 10:00 UTC)',
    ],
  ])('for %j to %s', (to, image, helmRevision, words) => {
    const decision = plan(to);
    expect(decision).toMatchObject({
      decision: 'go',
      plan: { from: 'example/shop:4.1.0', to: image, words },
    });
    expect(decision.decision === 'go' && decision.plan.helmRevision).toBe(helmRevision);
  });

  test('past a restart of the same version, which an "undo" would stop at', () => {
    const restarted = aRevision(5, '4.1.0', { replicaSet: 'shop-server-abc' });
    const before = aRevision(4, '4.1.0', { replicaSet: 'shop-server-4' });
    const history = { ...aHistory(), revisions: [restarted, before, aRevision(3, '4.0.0')] };
    expect(plan({ kind: 'previous' }, { history })).toMatchObject({ plan: { to: 'example/shop:4.0.0' } });
  });

  test('past a version that a release went back from, and says so', () => {
    const revisions = [
      aRevision(5, '4.1.0', { replicaSet: 'shop-server-abc', formerRevisions: [3] }),
      aRevision(4, '4.2.0', { left: true }),
      aRevision(2, '4.0.0'),
      aRevision(1, '3.9.0', { left: true }),
    ];
    expect(plan({ kind: 'previous' }, { history: { ...aHistory(), revisions } })).toMatchObject({
      plan: {
        to: 'example/shop:4.0.0',
        notes: [
          'Gone past revision 4 (example/shop:4.2.0, made 2026-02-04 09:00 UTC): a rollback has left it. Name it to return there.',
        ],
      },
    });
    expect(plan({ kind: 'revision', revision: 4 }, { history: { ...aHistory(), revisions } })).toMatchObject({
      plan: { to: 'example/shop:4.2.0' },
    });
  });

  test('past a Helm revision that a rollback has left, and not past one that was released again', () => {
    const helm = [
      aHelmRevision(9, '4.1.0', { status: 'deployed', rolledBackTo: 7 }),
      aHelmRevision(8, '4.2.0'),
      aHelmRevision(7, '4.1.0'),
      aHelmRevision(6, '4.0.0', { rolledBackTo: 4 }),
      aHelmRevision(5, '4.1.0'),
      aHelmRevision(4, '4.0.0'),
    ];
    const observation = observed();
    const at = (deployedRevision: number) => ({
      observed: {
        ...observation,
        helm: { ...observation.helm, status: 'deployed', deployedRevision } as never,
      },
      history: { ...aHistory(), helm },
    });
    expect(plan({ kind: 'helmPrevious' }, at(9))).toMatchObject({
      plan: { helmRevision: 6, notes: [expect.stringContaining('Gone past Helm revision 8')] },
    });
    expect(plan({ kind: 'helmPrevious' }, at(8))).toMatchObject({ plan: { helmRevision: 7 } });
  });

  test('to another template of the version that runs', () => {
    const changed = aRevision(3, '4.1.0', { contentDigest: 'other settings' });
    const history = {
      ...aHistory(),
      revisions: [aRevision(4, '4.1.0', { replicaSet: 'shop-server-abc' }), changed],
    };
    expect(plan({ kind: 'previous' }, { history })).toMatchObject({
      decision: 'go',
      plan: {
        destination: { revision: { revision: 3 } },
        from: 'example/shop:4.1.0',
        to: 'example/shop:4.1.0',
      },
    });
  });

  test('to the Helm revision nearest in time, of several that hold the image', () => {
    const helm = [
      aHelmRevision(7, '4.1.0', { status: 'deployed' }),
      aHelmRevision(6, '4.0.0', { updatedAt: '2026-02-20T00:00:00Z' }),
      aHelmRevision(4, '4.0.0', { status: 'failed', updatedAt: '2026-02-03T09:00:00Z' }),
      aHelmRevision(3, '4.0.0', { updatedAt: '2026-02-03T08:59:58Z' }),
    ];
    expect(plan({ kind: 'previous' }, { history: { ...aHistory(), helm } })).toMatchObject({
      plan: { helmRevision: 3 },
    });
  });

  test('past Helm where releases are, and says what Helm holds', () => {
    const decision = plan({ kind: 'previous' }, { target: aTarget() });
    expect(decision).toMatchObject({
      plan: { method: 'image', notes: [expect.stringContaining('still holds 4.1.0')] },
    });
  });

  test('by a version that Helm alone still holds', () => {
    const history = { ...aHistory(), revisions: aHistory().revisions.slice(0, 2) };
    expect(plan({ kind: 'version', version: '3.9.0' }, { history })).toMatchObject({
      plan: { destination: { by: 'helm' }, helmRevision: 5 },
    });
  });
});

test('where every other revision was left by a rollback, "previous" is refused with what there is', () => {
  const revisions = [
    aRevision(5, '4.1.0', { replicaSet: 'shop-server-abc' }),
    aRevision(4, '4.2.0', { left: true }),
  ];
  expect(plan({ kind: 'previous' }, { history: { ...aHistory(), revisions } })).toMatchObject({
    decision: 'refuse',
    rule: 'only-left-revisions',
    remedy: expect.stringContaining('revision 4 (example/shop:4.2.0'),
  });
});

describe('there is nothing to do', () => {
  test.each<[string, RollbackTo]>([
    ['the numbered revision runs', { kind: 'revision', revision: 4 }],
    ['the version runs', { kind: 'version', version: '4.1.0' }],
    ['the Helm revision is in force', { kind: 'helmRevision', revision: 7 }],
  ])('when %s', (_what, to) => {
    expect(plan(to)).toMatchObject({ decision: 'unchanged', reason: expect.stringContaining('already') });
  });

  const interrupted = { release: 'shop-4.1.0', outcome: 'aborted', from: 'example/shop:4.0.0' };
  const putBack = observed({ image: 'example/shop:4.0.0' });

  test.each<RollbackTo>([{ kind: 'previous' }, { kind: 'helmPrevious' }, { kind: 'latestBackup' }])(
    'for %j when the release that was stopped for it has put that back',
    (to) => {
      expect(plan(to, { interrupted, observed: putBack })).toMatchObject({
        decision: 'unchanged',
        reason: expect.stringContaining(
          'release "shop-4.1.0" was stopped and Shop in dev runs example/shop:4.0.0, as before it',
        ),
      });
    },
  );

  test('and says that this was an undo, where the release had changed something', () => {
    const changed = plan(
      { kind: 'previous' },
      { interrupted: { ...interrupted, changed: true }, observed: putBack },
    );
    expect(changed).toMatchObject({ decision: 'unchanged', putBack: true });
    expect(plan({ kind: 'previous' }, { interrupted, observed: putBack })).not.toHaveProperty('putBack');
  });

  test.each<RollbackTo>([{ kind: 'previous' }, { kind: 'latestBackup' }])(
    'but what ran before the release is rolled back for %j where that had changed nothing yet',
    (to) => {
      const idle = { release: 'shop-4.2.0', outcome: 'aborted', from: 'example/shop:4.1.0', changed: false };
      expect(plan(to, { interrupted: idle })).toMatchObject({ plan: { to: 'example/shop:4.0.0' } });
    },
  );

  test('but a release that got through, or left its version there, is rolled back', () => {
    const through = { ...interrupted, outcome: 'released' };
    const stuck = { ...interrupted, outcome: 'rollbackFailed' };
    expect(plan({ kind: 'previous' }, { interrupted: through })).toMatchObject({
      plan: { to: 'example/shop:4.0.0' },
    });
    expect(plan({ kind: 'previous' }, { interrupted: stuck })).toMatchObject({
      plan: { to: 'example/shop:4.0.0' },
    });
    expect(plan({ kind: 'revision', revision: 2 }, { interrupted, observed: putBack })).toMatchObject({
      decision: 'go',
    });
  });
});

describe('a rollback is refused, with what exists,', () => {
  test.each<[RollbackTo, string]>([
    [{ kind: 'revision', revision: 9 }, 'revision-gone'],
    [{ kind: 'version', version: '1.0.0' }, 'version-gone'],
    [{ kind: 'helmRevision', revision: 2 }, 'helm-revision-gone'],
    [{ kind: 'backup', configMap: 'fairway-backup-shop-0' }, 'backup-gone'],
  ])('for %j', (to, rule) => {
    const decision = plan(to);
    expect(decision).toMatchObject({ decision: 'refuse', rule });
    expect(decision.decision === 'refuse' && decision.remedy).toMatch(/example\/shop:3\.9\.0/);
  });

  test('when nothing ran before', () => {
    const history = { revisions: aHistory().revisions.slice(0, 1), backups: [] };
    expect(plan({ kind: 'previous' }, { history })).toMatchObject({ rule: 'revision-gone' });
    expect(plan({ kind: 'latestBackup' }, { history })).toMatchObject({ rule: 'backup-gone' });
    expect(plan({ kind: 'helmPrevious' }, { history })).toMatchObject({ rule: 'helm-release-missing' });
  });

  test('when nothing runs, or nothing would', () => {
    expect(plan({ kind: 'previous' }, { observed: observed({ replicas: 0 }) })).toMatchObject({
      rule: 'scaled-to-zero',
    });
    const [backup] = aHistory().backups;
    const history = { ...aHistory(), backups: [{ ...backup, replicas: 0 } as never] };
    expect(plan({ kind: 'latestBackup' }, { history })).toMatchObject({ rule: 'scaled-to-zero' });
  });
});

test('what is wrong with the running version does not keep it from being rolled back', () => {
  const problem = (rule: string) => ({ rule, message: '', remedy: '' });
  const problems = [
    'rollout-in-progress',
    'secret-missing',
    'service-selects-nothing',
    'permission-missing',
  ].map(problem);
  const rules = (to: RollbackTo) => obstacles(problems, to).map(({ rule }) => rule);
  expect(rules({ kind: 'previous' })).toEqual(['service-selects-nothing', 'permission-missing']);
  expect(rules({ kind: 'latestBackup' })).toEqual(['permission-missing']);
});
