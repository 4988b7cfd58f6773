import type { AnalysisSpec } from './analysis.ts';
import { unreadyGraceSeconds } from './analysis-defaults.ts';
import type { Finding, PodFacts } from './analysis-facts.ts';
import { counted } from './analysis-numbers.ts';
import { isActive, type LogObservation, type ObservedPod } from './check-observation.ts';
import { judgePods } from './check-pods.ts';
import type { Evidence, Verdict } from './check.ts';
import { excerpt } from './redact.ts';
import { podStandings } from './rollout-trouble.ts';

/** The new track's own pods: that they run and are ready, how often they restarted, what they log. */
export function judgeTrackPods(spec: AnalysisSpec, facts: PodFacts): readonly Finding[] {
  if (facts.state === 'unknown') return [finding('pods', 'inconclusive', `pods not known: ${facts.reason}`)];
  return [
    judgeHealth(facts),
    judgeRestarts(spec, facts),
    ...(spec.errorLogs === undefined ? [] : [judgeErrorLogs(spec.errorLogs.limit, facts.logs ?? [])]),
  ];
}

type SeenPods = Extract<PodFacts, { state: 'seen' }>;

/**
 * The rules of rollouts say which pod cannot become well, and which may or is not to blame; what none of
 * them explains says nothing yet until it has been unready for long.
 */
function judgeHealth({ pods, desired, unreadySeconds, at }: SeenPods): Finding {
  const active = pods.filter(isActive);
  const { verdict, summary, evidence } = judgePods(
    { kind: 'pods', name: 'pods', severity: 'required' },
    { pods, desired, now: at },
  );
  if (active.length === 0) return finding('pods', 'inconclusive', 'no pods on the new track', evidence);
  if (verdict === 'pass') return finding('pods', 'pass', summary, evidence);
  const standings = podStandings(
    active.map(({ forRules }) => forRules),
    at,
  );
  const failed = active.some((pod) => {
    if (pod.ready) return false;
    return standings.get(pod.name)?.isFatal ?? unready(pod, unreadySeconds) > unreadyGraceSeconds;
  });
  return finding('pods', failed ? 'fail' : 'inconclusive', summary, evidence, failed);
}

function unready({ name }: ObservedPod, seconds: Readonly<Record<string, number>>): number {
  return seconds[name] ?? 0;
}

/** Restarts never become fewer: too many are a clear answer. */
function judgeRestarts({ maxRestarts }: AnalysisSpec, { restarts, pods }: SeenPods): Finding {
  const failed = restarts > maxRestarts;
  const summary = `${counted(restarts, 'restart')}${failed ? `, more than ${maxRestarts}` : ''}`;
  const evidence = pods.flatMap(({ name, containers }): Evidence[] =>
    containers
      .filter((container) => container.restarts > 0)
      .map((container) => ({
        subject: name,
        detail: `container ${container.name}: ${counted(container.restarts, 'restart')}${container.reason === undefined ? '' : `, now ${container.reason}`}`,
      })),
  );
  return finding('restarts', failed ? 'fail' : 'pass', summary, evidence, failed);
}

const lineExcerpt = 200;

/** The lines of the whole bake so far: too many of them stay too many. */
function judgeErrorLogs(limit: number, logs: readonly LogObservation[]): Finding {
  const read = logs.filter((log) => log.kind === 'read');
  const total = read.reduce((sum, { matches }) => sum + matches, 0);
  const found = `${counted(total, 'error line')} in ${counted(read.length, 'log')}`;
  const lines = read
    .filter(({ matches }) => matches > 0)
    .map(({ pod, matches, sample }): Evidence => {
      const first = sample[0] === undefined ? '' : `, first: ${excerpt(sample[0], lineExcerpt)}`;
      return { subject: pod, detail: `${counted(matches, 'error line')}${first}` };
    });
  if (total > limit) return finding('error logs', 'fail', `${found}, more than ${limit}`, lines, true);
  const unread = logs.flatMap((log): Evidence[] =>
    log.kind === 'unreadable' ? [{ subject: log.pod, detail: log.detail }] : [],
  );
  const [first] = unread;
  if (first !== undefined) {
    const summary = `${unread.length}/${logs.length} logs not read; ${first.subject}: ${first.detail}`;
    return finding('error logs', 'inconclusive', summary, [...unread, ...lines]);
  }
  if (read.length === 0) return finding('error logs', 'inconclusive', 'no logs to read');
  if (read.some(({ truncated }) => truncated)) {
    return finding('error logs', 'inconclusive', `${found}, too large to be read whole`, lines);
  }
  return finding('error logs', 'pass', found, lines);
}

function finding(
  name: string,
  verdict: Verdict,
  summary: string,
  evidence: readonly Evidence[] = [],
  clear = false,
): Finding {
  return { name, verdict, critical: true, summary, evidence, clear };
}
