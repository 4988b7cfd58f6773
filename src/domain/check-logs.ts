import type { CheckResult, Evidence, LogsCheck } from './check.ts';
import type { LogObservation } from './check-observation.ts';
import { checkResult, noPodsResult } from './check-result.ts';
import { excerpt } from './redact.ts';

const sampleLines = 5;
const lineExcerpt = 200;

/**
 * Counts matching lines over all pods. Too many of them is a finding; a log that could not be
 * read (or not to its end) with no such finding leaves the question open.
 */
export function judgeLogs(spec: LogsCheck, seen: readonly LogObservation[]): CheckResult {
  if (seen.length === 0) return noPodsResult(spec);
  const read = seen.filter((one) => one.kind === 'read');
  const unread = seen.filter((one) => one.kind === 'unreadable');
  const total = read.reduce((sum, one) => sum + one.matches, 0);
  const window = `in the last ${spec.windowSeconds} s`;
  const found = `${total} matching ${total === 1 ? 'line' : 'lines'} over ${read.length} ${read.length === 1 ? 'pod' : 'pods'} ${window}`;
  const counts = read.map((one): Evidence => {
    const cut = one.truncated ? ', log read in part' : '';
    return {
      subject: one.pod,
      detail: `${one.matches} matching ${one.matches === 1 ? 'line' : 'lines'}${cut}`,
    };
  });
  const evidence = [...sample(read), ...counts];
  const unreadable = unread.map((one): Evidence => ({ subject: one.pod, detail: one.detail }));
  if (total > spec.limit) {
    return checkResult(spec, {
      verdict: 'fail',
      reason: 'aboveLimit',
      summary: `${found}, more than ${spec.limit}`,
      evidence: [...evidence, ...unreadable],
    });
  }
  const first = unread[0];
  if (first !== undefined) {
    return checkResult(spec, {
      verdict: 'inconclusive',
      reason: 'unreachable',
      summary: `${unread.length}/${seen.length} logs could not be read; ${first.pod}: ${first.detail}`,
      against: unreadable,
      evidence,
    });
  }
  if (read.some((one) => one.truncated)) {
    const summary = `${found}, but the logs are too large to be read whole`;
    return checkResult(spec, { verdict: 'inconclusive', summary, evidence });
  }
  return checkResult(spec, { verdict: 'pass', summary: `${found}, at most ${spec.limit} allowed`, evidence });
}

/** A few lines for people, one of each pod before a second of any. */
function sample(read: readonly { readonly pod: string; readonly sample: readonly string[] }[]): Evidence[] {
  const byRound = read.flatMap((one) => one.sample.map((line, round) => ({ pod: one.pod, line, round })));
  return byRound
    .sort((a, b) => a.round - b.round)
    .slice(0, sampleLines)
    .map(({ pod, line }) => ({ subject: pod, detail: excerpt(line, lineExcerpt) }));
}
