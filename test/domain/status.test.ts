import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { durationWords, renderDetails } from '../../src/domain/status-details.ts';
import { addNote, endStep, finishStatus, newStatus, startStep } from '../../src/domain/status.ts';

const identity = {
  release: 'tensafe-4.1.0',
  service: 'tensafe',
  environment: 'dev',
  strategy: 'standard',
  version: '4.1.0',
  requestedBy: 'ana@example.com',
};
/** Without what only keeps columns apart and words together. */
const readable = (details: string) => details.replace(/[ \u00a0]+/g, ' ');
const link = (workflowId: string, runId: string) => `/w/${workflowId}/${runId}`;

describe('the status of a release', () => {
  test('goes through its steps and ends with nothing left waiting', () => {
    let status = newStatus(identity, ['Back up', 'Update', 'Verify']);
    status = startStep(status, 'Back up', '2026-02-03T10:00:00.000Z', 'update');
    expect(status).toMatchObject({ phase: 'Back up', next: 'update' });
    status = endStep(status, 'Back up', 'done', '2026-02-03T10:00:02.000Z', 'ConfigMap b');
    status = startStep(status, 'Update', '2026-02-03T10:00:02.000Z');
    expect(status.next).toBeUndefined();
    status = endStep(status, 'Update', 'failed', '2026-02-03T10:01:02.000Z', 'no');
    status = startStep(status, 'Roll back', '2026-02-03T10:01:02.000Z');
    status = endStep(status, 'Roll back', 'done', '2026-02-03T10:02:02.000Z');
    status = finishStatus(status, 'rolledBack', 'no. Back on 4.0.0.');
    expect(status.phase).toBe('Rolled back');
    expect(status.steps.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Back up: done',
      'Update: failed',
      'Verify: skipped',
      'Roll back: done',
    ]);
  });

  test('keeps a note once', () => {
    const status = addNote(addNote(newStatus(identity, []), 'Slack was not told'), 'Slack was not told');
    expect(status.notes).toEqual(['Slack was not told']);
  });
});

describe('the details in the Temporal UI', () => {
  test('show phase, change, steps with times, and what comes next', () => {
    let status = newStatus(identity, ['Back up', 'Update']);
    status = { ...status, from: 'tensafe/server:4.0.0', to: 'tensafe/server:4.1.0', replicas: 3 };
    status = startStep(status, 'Back up', '2026-02-03T10:00:00.000Z');
    status = endStep(status, 'Back up', 'done', '2026-02-03T10:00:02.000Z', 'ConfigMap b');
    status = startStep(status, 'Update', '2026-02-03T10:00:02.000Z', 'monitor the rollout');
    expect(readable(renderDetails(status, link))).toBe(
      [
        '## ▶ Update',
        '**tensafe v4.1.0 → dev** (standard) · `tensafe/server:4.0.0` → `tensafe/server:4.1.0` · 3 replicas · requested by ana@example.com',
        [
          '| | Step | Started (UTC) | Took | Result |',
          '|:---|:---|:---|:---|:---|',
          '| ✅ | Back up | 10:00:00 | 2 s | ConfigMap b |',
          '| ▶ | Update | 10:00:02 | | |',
        ].join('\n'),
        '**Next:** monitor the rollout',
        ' ',
      ].join('\n\n'),
    );
  });

  test('say once why it ended', () => {
    let status = startStep(newStatus(identity, ['Verify']), 'Verify', '2026-02-03T10:00:00.000Z');
    status = endStep(status, 'Verify', 'failed', '2026-02-03T10:00:02.000Z', 'health: no answer');
    const details = renderDetails(
      finishStatus(status, 'rolledBack', 'health: no answer. Back on 4.0.0.'),
      link,
    );
    expect(details.split('health: no answer')).toHaveLength(2);
    expect(readable(details)).toContain('| ❌ | Verify | 10:00:00 | 2 s | see above |');
  });

  test('show real weights beside the requested ones, and who decided what', () => {
    const status = {
      ...newStatus(identity, []),
      weight: { requested: 10, actual: 33.3, stable: 2, track: 1 },
      decisions: [{ at: '2026-02-03T10:00:00.000Z', by: 'ana', what: 'pause', reason: 'lunch' }],
    };
    const details = renderDetails(status, link);
    expect(details).toContain('**Traffic:** 10 % requested, 33 % real: 1 of 3 pods run the new version');
    expect(details).toContain('- 10:00:00 ana: pause (lunch)');
  });

  test('show what the comparison of the two tracks has seen', () => {
    const metric = (name: string, verdict: 'pass' | 'inconclusive') => ({
      name,
      verdict,
      critical: true,
      summary: `3/100 | 1/100`,
    });
    const details = renderDetails(
      {
        ...newStatus(identity, []),
        analysis: {
          verdict: 'inconclusive',
          summary: 'too little data',
          metrics: [metric('error ratio', 'pass'), metric('p95', 'inconclusive')],
          evidence: [],
          stopNow: false,
        },
      },
      link,
    );
    expect(details).toContain('### Analysis: inconclusive');
    expect(readable(details)).toContain('| ✅ | error ratio |');
    expect(readable(details)).toContain('| ❔ | p95 |');
  });

  test('lead to the workflow that does the work', () => {
    const status = { ...newStatus(identity, []), runsIn: { workflowId: 'target:tensafe:dev', runId: 'r1' } };
    expect(renderDetails(status, link)).toContain('[target:tensafe:dev](/w/target:tensafe:dev/r1)');
  });

  test('keep a table a table, whatever a check has seen', () => {
    const status = {
      ...newStatus(identity, []),
      verification: {
        verdict: 'fail' as const,
        summary: '',
        pods: 1,
        warnings: [],
        checks: [
          {
            name: 'health',
            severity: 'required' as const,
            verdict: 'fail' as const,
            summary: 'a | b\nc',
            evidence: [],
          },
        ],
      },
    };
    expect(readable(renderDetails(status, link))).toContain('| ❌ | health | a \\| b c |');
  });

  test('never exceed what the server takes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3_000, unit: 'grapheme' }), { maxLength: 40 }), (notes) => {
        const details = renderDetails(
          { ...newStatus(identity, ['Update']), notes, reason: 'x'.repeat(3_000) },
          link,
        );
        return new TextEncoder().encode(details).length <= 20_000;
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [12_400, '12 s'],
  [59_600, '1 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [7_800_000, '2 h 10 min'],
])('%d ms reads %s', (milliseconds, words) => {
  expect(durationWords(milliseconds)).toBe(words);
});
