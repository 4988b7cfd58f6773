import type { CheckResult, Evidence, HttpCheck } from './check.ts';
import type { HttpObservation } from './check-observation.ts';
import { checkResult, noPodsResult } from './check-result.ts';
import { readField } from './json-path.ts';
import { excerpt } from './redact.ts';

const bodyExcerpt = 120;

/** What one pod's answer means; `detail` is for people. */
export interface HttpOutcome {
  readonly outcome: 'pass' | 'mismatch' | 'unsupported' | 'unreachable';
  readonly detail: string;
}

/** Judges one answer: first the status, then each JSON field by value, then the body's pattern. */
export function judgeAnswer(spec: HttpCheck, seen: HttpObservation): HttpOutcome {
  if (seen.kind === 'unreachable') return { outcome: 'unreachable', detail: seen.detail };
  const answered = describeAnswer(seen);
  if (!spec.expectStatus.includes(seen.status)) {
    if (seen.status === 404) return { outcome: 'unsupported', detail: `${answered}: no such endpoint` };
    return { outcome: 'mismatch', detail: `${answered}, expected ${spec.expectStatus.join(' or ')}` };
  }
  const problem = jsonProblem(spec, seen) ?? bodyProblem(spec, seen);
  return problem === undefined
    ? { outcome: 'pass', detail: answered }
    : { outcome: 'mismatch', detail: `${answered}: ${problem}` };
}

/** Judges the answers of all the target's pods. */
export function judgeHttp(spec: HttpCheck, seen: readonly HttpObservation[]): CheckResult {
  if (seen.length === 0) return noPodsResult(spec);
  const judged = seen.map((one) => ({ pod: one.pod, ...judgeAnswer(spec, one) }));
  const of = (outcome: HttpOutcome['outcome']) => judged.filter((one) => one.outcome === outcome);
  const passed = of('pass');
  const unsupported = of('unsupported');
  const wrong = [...of('mismatch'), ...of('unreachable')];
  const first = wrong[0];
  const evidence = passed.map(toEvidence);
  if (first !== undefined) {
    return checkResult(spec, {
      verdict: 'fail',
      reason: first.outcome === 'unreachable' ? 'unreachable' : 'mismatch',
      summary: `${passed.length}/${seen.length} pods gave the expected answer; ${first.pod}: ${first.detail}`,
      against: [...wrong, ...unsupported].map(toEvidence),
      evidence,
    });
  }
  if (unsupported.length > 0) {
    const result = checkResult(spec, {
      verdict: spec.whenUnsupported === 'fail' ? 'fail' : 'inconclusive',
      reason: 'unsupported',
      summary: `${unsupported.length}/${seen.length} pods do not have ${spec.path} (404)`,
      against: unsupported.map(toEvidence),
      evidence,
    });
    // "warn" asks for a warning whatever the check's own severity.
    return spec.whenUnsupported === 'warn' ? { ...result, severity: 'advisory' } : result;
  }
  return checkResult(spec, {
    verdict: 'pass',
    summary: `${passed.length}/${seen.length} pods answered ${passed[0]?.detail}`,
    evidence,
  });
}

function toEvidence(one: { readonly pod: string; readonly detail: string }): Evidence {
  return { subject: one.pod, detail: one.detail };
}

type Answer = Extract<HttpObservation, { kind: 'answer' }>;

function describeAnswer(seen: Answer): string {
  const body = excerpt(seen.body, bodyExcerpt);
  return body === '' ? String(seen.status) : `${seen.status} ${body}`;
}

function jsonProblem(spec: HttpCheck, seen: Answer): string | undefined {
  const expected = Object.entries(spec.expectJson ?? {});
  if (expected.length === 0) return undefined;
  if (seen.truncated) return 'too large to be read as JSON';
  const document = parseJson(seen.body);
  if (!document.ok) return 'not JSON';
  for (const [path, value] of expected) {
    const field = readField(document.value, path);
    if (!field.found) return `field ${path} is missing`;
    if (field.value !== value) {
      return `${path} is ${excerpt(JSON.stringify(field.value), bodyExcerpt)}, expected ${JSON.stringify(value)}`;
    }
  }
  return undefined;
}

function bodyProblem(spec: HttpCheck, seen: Answer): string | undefined {
  if (spec.expectBody === undefined || seen.matches === true) return undefined;
  return `the body${seen.truncated ? "'s beginning" : ''} does not match ${spec.expectBody}`;
}

type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false };
  }
}
