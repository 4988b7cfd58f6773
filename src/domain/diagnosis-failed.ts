/** What the release itself judged not to be well: told whatever else was found, and first where nothing was. */
import type { FailedJudgement } from './diagnosis-failure.ts';
import { logsOf } from './diagnosis-ends.ts';
import { tellingLines } from './diagnosis-log-lines.ts';
import { inNamespace, logEvidence } from './diagnosis-look.ts';
import type { DiagnosisRule, Found } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';

export const failedRules: readonly DiagnosisRule[] = [
  {
    id: 'check-failed',
    // What fails still when it is asked again is told from those answers.
    look: judged('check', ({ name }, seen) => !failsStill(name, seen), {
      fail: ({ name, detail }) => `The check "${name}" failed: ${withoutName(detail, name)}`,
      inconclusive: ({ name, detail }) => `The check "${name}" has no answer: ${withoutName(detail, name)}`,
    }),
  },
  {
    id: 'alert-firing',
    look: judged('alerts', () => true, {
      fail: ({ detail }) => `Alerts speak against the release: ${detail}`,
      inconclusive: ({ detail }) => `Nobody knows whether alerts fire: ${detail}`,
    }),
  },
  {
    id: 'analysis-failed',
    look: judged('analysis', () => true, {
      fail: ({ detail }) => `The analysis failed: ${detail}`,
      inconclusive: ({ detail }) => `The analysis could not tell: ${detail}`,
    }),
  },
];

type Headlines = Readonly<Record<FailedJudgement['verdict'], (failed: FailedJudgement) => string>>;

function judged(
  by: FailedJudgement['by'],
  holds: (failed: FailedJudgement, seen: DiagnosisObservation) => boolean,
  headlines: Headlines,
): DiagnosisRule['look'] {
  return (seen) =>
    (seen.failure?.judged ?? [])
      .filter((failed) => failed.by === by && holds(failed, seen))
      .map((failed): Found => {
        const { name, verdict, detail, evidence } = failed;
        return {
          about: `what failed by ${by}, ${name}`,
          headline: headlines[verdict](failed),
          cause:
            verdict === 'fail' ? cause(seen) : 'What nobody can tell is no pass; the version may be well.',
          remedy: remedy(failed, seen),
          evidence: [
            ...(evidence.length === 0 ? [{ subject: name, detail }] : evidence),
            ...errorsLogged(seen),
          ],
        };
      });
}

function failsStill(name: string, { checks }: DiagnosisObservation): boolean {
  return checks?.state === 'seen' && checks.value.some((check) => check.name === name);
}

function cause({ rollout: { deployment }, deployment: name }: DiagnosisObservation): string {
  if (deployment === undefined || deployment.available < deployment.desired)
    return 'The release judged it so; what the cluster shows of its pods stands beside it.';
  const { available, desired } = deployment;
  return `The cluster's objects look well (${available} of ${desired} pods of ${name} are available): it shows in what the service does, and not in how its pods run.`;
}

function remedy({ by, verdict, evidence }: FailedJudgement, seen: DiagnosisObservation): string {
  if (verdict === 'inconclusive')
    return 'See that what was asked is there and answers (the pods, Prometheus, Alertmanager), or give it more traffic and time.';
  const named = evidence.find(({ subject }) => seen.rollout.pods.some(({ name }) => name === subject));
  const pod = named?.subject ?? `deployment/${seen.deployment}`;
  const container = seen.container === undefined ? '' : ` -c ${seen.container}`;
  const log = `kubectl logs ${pod}${container} ${inNamespace(seen)} --tail=200`;
  switch (by) {
    case 'check':
      return `Read what the new version logs, before its pods go: ${log}.`;
    case 'alerts':
      return `Follow what the alert asks for, and read the log of the new version: ${log}.`;
    case 'analysis':
      return `Compare the two versions in the metric's own query, and read the log of the new one: ${log}.`;
  }
}

/** The last error of each log; a program that is well writes much that is none. */
function errorsLogged(seen: DiagnosisObservation): Found['evidence'] {
  if (seen.container === undefined) return [];
  return logsOf(seen, seen.container).flatMap((log) => {
    const line = tellingLines(log).errors.at(-1);
    return line === undefined ? [] : [logEvidence(log, line.trim())];
  });
}

/** Some summaries begin with the name, which the headline has said. */
function withoutName(detail: string, name: string): string {
  return detail.startsWith(`${name}: `) ? detail.slice(name.length + 2) : detail;
}
