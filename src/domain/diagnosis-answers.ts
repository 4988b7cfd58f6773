/** What probes' endpoints answered when they were asked directly, in words. */
import type { Evidence } from './check.ts';
import type { DiagnosisObservation, ProbeAnswer, ProbeKind } from './diagnosis-observation.ts';

export function answersOf(
  { answers }: DiagnosisObservation,
  container: string,
  ...kinds: readonly ProbeKind[]
): readonly ProbeAnswer[] {
  return answers.filter(
    (answer) => answer.asked === 'probe' && answer.container === container && kinds.includes(answer.probe),
  );
}

/** As the kubelet judges: 200 to 399. */
export function isGood({ status }: ProbeAnswer): boolean {
  return status !== undefined && status >= 200 && status < 400;
}

export function isRefused({ status, detail }: ProbeAnswer): boolean {
  return status === undefined && /refused/i.test(detail);
}

/** Completes "it …". */
export function answerWords({ status, port, path, detail }: ProbeAnswer): string {
  if (status !== undefined)
    return `answers ${status} on :${port}${path}${detail === '' ? '' : ` (${detail})`}`;
  return /refused/i.test(detail)
    ? `refuses connections on port ${port}`
    : `gives no answer on :${port}${path} (${detail})`;
}

export function answerEvidence(answer: ProbeAnswer): Evidence {
  return {
    subject: `asked pod ${answer.pod} directly`,
    detail: `it ${answerWords(answer)}, after ${answer.milliseconds} ms`,
  };
}
