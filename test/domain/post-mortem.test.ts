import { expect, test } from '@jest/globals';
import { incidentPayload } from '../../src/domain/incident-payload.ts';
import { ticketBody } from '../../src/domain/incident-text.ts';
import { recoveryOf } from '../../src/domain/incident-timeline.ts';
import { postMortemDraft } from '../../src/domain/post-mortem.ts';
import { anIncident, crashed } from '../support/an-incident.ts';

function section(draft: string, title: string): string {
  return draft.split(/^### /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

test('the draft has every part, filled in with what the record knows', () => {
  const draft = postMortemDraft(anIncident());
  expect([...draft.matchAll(/^### (.*)$/gm)].map(([, title]) => title)).toEqual([
    'Summary',
    'Impact',
    'Timeline',
    'Root cause',
    'What went well',
    'What went badly',
    'Actions',
  ]);
  expect(section(draft, 'Impact')).toContain(
    'The target was changed from 2026-02-03 10:05:01 to 2026-02-03 10:07:40 UTC (2 min 39 s)',
  );
  expect(section(draft, 'Timeline')).toContain('Canary 10 %: failed after 2 min');
  expect(section(draft, 'What went badly')).toContain('- Slack could not be told: timed out');
});

test('the five whys begin with the first finding of the diagnosis', () => {
  const whys = section(postMortemDraft(anIncident()), 'Root cause')
    .split('\n')
    .filter((line) => /^\d/.test(line));
  expect(whys).toHaveLength(5);
  expect(whys[0]).toBe(
    '1. Why did it go wrong? The container shop exits with code 1 at its start. Likely cause: The last line of its log names a missing setting.',
  );
});

test('without a diagnosis they begin with the reason', () => {
  const incident = anIncident();
  const { diagnosis: _none, ...rest } = incident;
  expect(section(postMortemDraft(rest), 'Root cause')).toContain(
    '1. Why did it go wrong? the rollout of 4.1.1 failed',
  );
});

test('how it was noticed and how fast it was repaired is computed from the timeline', () => {
  expect(section(postMortemDraft(anIncident()), 'What went well').split('\n')).toEqual(
    expect.arrayContaining([
      "- Noticed by the release's own step Canary 10 %: _or did users notice before?_",
      '- Time to detect: 2 min 1 s after the first change (2026-02-03 10:07:02 UTC).',
      '- Time to restore: 38 s (2026-02-03 10:07:40 UTC).',
    ]),
  );
});

test('a rollback that a person asked for was noticed by that person', () => {
  const incident = anIncident({
    status: {
      strategy: 'rollback',
      steps: [
        { name: 'Back up', state: 'done', startedAt: time('10:00:02'), endedAt: time('10:00:03') },
        { name: 'Return', state: 'done', startedAt: time('10:00:03'), endedAt: time('10:00:10') },
        { name: 'Verify', state: 'done', startedAt: time('10:00:10'), endedAt: time('10:01:30') },
      ],
    },
  });
  const well = section(postMortemDraft(incident), 'What went well');
  expect(well).toContain('- Noticed by ana@example.com: _how?_');
  expect(well).toContain('- Time to detect: _from the first change to the first sign?_');
  expect(well).toContain('- Time to restore: 1 min 30 s (2026-02-03 10:01:30 UTC).');
});

test('what was not put back was not restored, and that stands under what went badly', () => {
  const incident = anIncident({ status: { outcome: 'rollbackFailed' } });
  expect(recoveryOf(incident)).not.toHaveProperty('restoredAt');
  const draft = postMortemDraft(incident);
  expect(section(draft, 'What went well')).toContain('- Time to restore: _from');
  expect(section(draft, 'What went badly')).toContain('- It could not be put back without a person.');
});

test('nothing is made up where the record says nothing', () => {
  expect(recoveryOf(anIncident({ status: { steps: [], outcome: 'failed' } }))).toEqual({});
});

test('actions have an owner and a date, and the first proposal is the advice of the diagnosis', () => {
  const actions = section(postMortemDraft(anIncident()), 'Actions');
  expect(actions).toContain('Owner');
  expect(actions).toContain('Due date');
  expect(actions).toContain(String.raw`| Set DATABASE\_URL in ConfigMap shop-config, and release again.`);
});

test('the ticket holds the draft where the environment asks for one, and one timeline only', () => {
  const without = ticketBody(anIncident());
  const withDraft = ticketBody(anIncident({ policy: { postMortem: true } }));
  expect(without).not.toContain('Post-mortem');
  expect(withDraft).toContain('## Post-mortem (draft): Shop v4.1.1 was rolled back to v4.1.0 in production');
  for (const body of [without, withDraft]) expect(body.split('Canary 10 %: failed')).toHaveLength(2);
});

test('the web hook has the same facts, redacted', () => {
  const incident = anIncident({
    status: {
      reason: 'password=hunter2',
      steps: crashed.steps.map((step) => ({ ...step, detail: 'token: abc' })),
    },
    policy: { postMortem: true },
  });
  const payload = incidentPayload(incident, 'https://github.example.com/org/ops/issues/1');
  expect(payload).toMatchObject({
    schema: 'fairway.incident/v1',
    key: 'shop-4.1.1/3b1c-run',
    outcome: 'rolledBack',
    reason: 'password=[redacted]',
    runs: 'example/shop:4.1.0',
    ticketUrl: 'https://github.example.com/org/ops/issues/1',
    diagnosis: { findings: [{ evidence: ['shop-server-canary-7d4-x2: Error: DATABASE_URL is not set'] }] },
    links: [{ text: 'Run' }, { text: 'Logs' }, { text: 'Metrics' }],
  });
  expect(payload.postMortem).toContain('### Actions');
  expect(JSON.stringify(payload)).not.toMatch(/hunter2|abc"/);
  expect(incidentPayload(anIncident())).toMatchObject({ postMortem: null, ticketUrl: null });
});

function time(clock: string): string {
  return `2026-02-03T${clock}.000Z`;
}
