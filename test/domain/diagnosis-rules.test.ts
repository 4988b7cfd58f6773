import { expect, test } from '@jest/globals';
import { diagnose } from '../../src/domain/diagnosis-report.ts';
import { diagnosisRules, type DiagnosisRuleId } from '../../src/domain/diagnosis-rules.ts';
import type { DiagnosisObservation } from '../../src/domain/diagnosis-observation.ts';
import { rolloutRules } from '../../src/domain/rollout-trouble.ts';
import { seen, type Case } from './diagnosis-observations.ts';
import { pendingCases } from './diagnosis-pending-cases.ts';
import { runningCases } from './diagnosis-running-cases.ts';

// Every rule has its two cases: the compiler sees to it.
const cases: Readonly<Record<DiagnosisRuleId, Case>> = { ...pendingCases, ...runningCases };
const table = Object.entries(cases);

function rulesIn(observation: DiagnosisObservation): readonly string[] {
  return diagnose(observation).findings.map(({ rule }) => rule);
}

test.each(table)('%s is told first where it is so, and not where it is nearly so', (rule, { hit, miss }) => {
  expect(rulesIn(hit)[0]).toBe(rule);
  expect(rulesIn(miss)).not.toContain(rule);
});

test('what is well has no finding', () => {
  const { findings, summary } = diagnose(seen());
  expect(findings).toEqual([]);
  expect(summary).toBe('Nothing is wrong with shop-server: 3 of 3 pods are available');
});

test.each(table)('%s says what is wrong, why, and what to do, with nothing left open', (_rule, { hit }) => {
  const [first] = diagnose(hit).findings;
  const said = [first?.headline, first?.cause, first?.remedy].join('\n');
  expect(said).not.toMatch(/undefined|NaN|\[object|\(\)|""| {2}/);
  expect(first?.headline).not.toMatch(/[.:]$/);
  expect(first?.remedy).toMatch(
    /kubectl|Build|Set|Read|Correct|Change|Wait|Repair|Let|Remove|Make|Add|Check/,
  );
  expect(first?.evidence.length).toBeGreaterThan(0);
});

/** Where a rule of the rollout fired, the diagnosis names it, or something more precise. */
const morePrecise: Readonly<Record<string, readonly DiagnosisRuleId[]>> = {
  'crash-loop-back-off': Object.entries(diagnosisRules).flatMap(([id, { situation }]) =>
    situation === 'crashing' ? [id as DiagnosisRuleId] : [],
  ),
  'image-pull-failing': [
    'image-pull-refused',
    'pull-secret-missing',
    'registry-unreachable',
    'registry-rate-limited',
    'image-wrong-platform',
    'image-not-found',
  ],
  'image-not-found': ['image-wrong-platform', 'image-pull-refused'],
  'container-config-invalid': [
    'secret-missing',
    'secret-key-missing',
    'config-map-missing',
    'config-map-key-missing',
    'runs-as-root',
  ],
  'pod-creation-forbidden': [
    'service-account-missing',
    'priority-class-missing',
    'quota-needs-resources',
    'limit-range-violated',
    'pod-security-refused',
    'admission-denied',
  ],
  'readiness-failing': Object.keys(diagnosisRules).flatMap((id) =>
    id.startsWith('probe-') || id === 'still-starting' ? [id as DiagnosisRuleId] : [],
  ),
  unschedulable: Object.entries(pendingCases).flatMap(([id, { hit }]) =>
    hit.rollout.pods.some(({ scheduled }) => scheduled?.status === 'False') ? [id as DiagnosisRuleId] : [],
  ),
  'pod-disrupted': ['pod-preempted'],
  'container-cannot-run': ['command-not-found', 'command-not-executable', 'exec-format-error'],
};

test.each(table)('the rules of a rollout that see what %s sees lead to it', (rule, { hit }) => {
  const fired = rolloutRules.filter(({ look }) => look(hit.rollout).length > 0).map(({ name }) => name);
  const told = rulesIn(hit);
  expect(told).toContain(rule);
  for (const name of fired) {
    const accepted = [name, ...(morePrecise[name] ?? [])];
    // A cause hides what it explains.
    if (name !== 'progress-deadline-exceeded')
      expect(accepted.filter((id) => told.includes(id))).not.toEqual([]);
  }
});
