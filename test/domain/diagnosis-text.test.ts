import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import { diagnosisLines, diagnosisMarkdown } from '../../src/domain/diagnosis-text.ts';
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import { containers, ended, log, seen } from './diagnosis-observations.ts';

const refused = 'FATAL: password authentication failed for user "shop"';
const crash = diagnose(
  containers(ended(1), {
    logs: [log(refused)],
    nodes: { state: 'unseen', reason: 'the nodes: this worker may not look' },
  }),
);

test('the first line of the details is the one that a tired person needs', () => {
  expect(diagnosisMarkdown(crash).split('\n')).toEqual([
    '**Container shop is refused by its database (3 of 3 pods): FATAL: password authentication failed for user "shop"**',
    '',
    '- Likely cause: The user or the password is wrong, was rotated, or may not use this database.',
    '- What to do: Compare the credentials in its Secret with the database, and restart the pods after a change: kubectl logs shop-server-abc-1 -c shop -n shop-dev \\-\\-previous shows the rest.',
    '- last words of pod shop-server-abc-1, container shop: FATAL: password authentication failed for user "shop"',
    '- Rule: database-login-refused',
    '',
    'Not seen: the nodes: this worker may not look.',
  ]);
});

test('the thread is told at most five, each with what to do', () => {
  const [finding] = crash.findings;
  if (finding === undefined) throw new Error('the crash is found');
  const seven: DiagnosisReport = { ...crash, findings: Array.from({ length: 7 }, () => finding), unseen: [] };
  const lines = diagnosisLines(seven).split('\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]).toBe('Diagnosis, the likeliest cause first:');
  expect(lines[1]).toMatch(/^1\. Container shop is refused .*\. Compare the credentials .*\.$/);
  expect(lines[6]).toBe("2 more in the release's details.");
});

test('that nothing was found is said, too', () => {
  const lines = diagnosisLines(diagnose(seen()));
  expect(lines).toBe('Diagnosis: Nothing is wrong with shop-server: 3 of 3 pods are available.');
  expect(diagnosisMarkdown(diagnose(seen()))).toBe(
    '**Nothing is wrong with shop-server: 3 of 3 pods are available**',
  );
});
