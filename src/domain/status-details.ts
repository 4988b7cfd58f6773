/** The release's status as the markdown that the Temporal UI shows. */
import type { AnalysisReport } from './analysis.ts';
import { approvalSection } from './approval-text.ts';
import type { CheckResult, Verdict } from './check.ts';
import { checklistSection } from './checklist-text.ts';
import { maxDetailsBytes } from './defaults.ts';
import { diagnosisMarkdown } from './diagnosis-text.ts';
import { literal, table, unbroken } from './markdown.ts';
import type {
  Decision,
  IncidentStatus,
  Outcome,
  QueueStatus,
  ReleaseStatus,
  StepState,
  StepStatus,
  Wait,
  WeightStatus,
} from './status.ts';
import { displayVersion } from './version.ts';
import { weightWords } from './weights.ts';

const stepMarks: Readonly<Record<StepState, string>> = {
  waiting: '○',
  running: '▶',
  done: '✅',
  failed: '❌',
  skipped: '–',
};

const outcomeMarks: Readonly<Record<Outcome, string>> = {
  released: '✅',
  passed: '✅',
  diagnosed: '🔎',
  recorded: '📝',
  unchanged: '✅',
  planned: '📋',
  rolledBack: '↩️',
  rollbackFailed: '🚨',
  refused: '⛔',
  aborted: '⏹',
  failed: '❌',
};

const verdictMarks: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', inconclusive: '❔' };

/** `link` makes the address of another workflow in the same UI. */
export function renderDetails(
  status: ReleaseStatus,
  link: (workflowId: string, runId: string) => string,
): string {
  const details = bounded([
    heading(status),
    ...(status.reason === undefined ? [] : [literal(status.reason)]),
    facts(status),
    ...(status.runsIn === undefined
      ? []
      : [
          `Its activities are in [${status.runsIn.workflowId}](${link(status.runsIn.workflowId, status.runsIn.runId)}), which holds the target.`,
        ]),
    ...(status.weight === undefined || status.outcome !== undefined ? [] : [traffic(status.weight)]),
    ...(status.approval === undefined
      ? []
      : [approvalSection(status.approval, status.release, status.outcome === undefined)]),
    ...(status.plan === undefined || !isPlanRead(status) ? [] : ['```\n' + status.plan + '\n```']),
    ...(status.returnDiagnosis === undefined
      ? []
      : ['### Diagnosis of what could not be put back', diagnosisMarkdown(status.returnDiagnosis)]),
    ...(status.diagnosis === undefined ? [] : ['### Diagnosis', diagnosisMarkdown(status.diagnosis)]),
    ...(status.incident === undefined ? [] : [incidentLine(status.incident)]),
    ...(status.steps.length === 0 ? [] : [stepTable(status)]),
    ...(status.queue === undefined ? [] : [queued(status.queue)]),
    ...(status.waitingFor === undefined ? [] : [waiting(status.waitingFor)]),
    ...(status.next === undefined ? [] : [`**Next:** ${literal(status.next)}`]),
    ...(status.checklist === undefined ? [] : [checklistSection(status.checklist)]),
    ...(status.analysis === undefined
      ? []
      : [`### Analysis: ${status.analysis.verdict}`, analysisTable(status.analysis)]),
    ...(status.verification === undefined
      ? []
      : [
          `### Checks of ${status.verifiedVersion ?? status.version}: ${status.verification.verdict}`,
          checkTable(status.verification.checks),
        ]),
    ...(status.decisions === undefined
      ? []
      : ['### Decisions', status.decisions.map(decisionLine).join('\n')]),
    ...(status.notes.length === 0
      ? []
      : ['### Notes', status.notes.map((note) => `- ${literal(note)}`).join('\n')]),
  ]);
  // The UI measures the text a line short.
  return `${details}\n\n\u00a0`;
}

function heading(status: ReleaseStatus): string {
  const mark = status.outcome === undefined ? '▶' : outcomeMarks[status.outcome];
  return `## ${mark} ${status.phase}`;
}

/** It was all that was asked for, or people are asked to approve it. */
function isPlanRead({ outcome, approval }: ReleaseStatus): boolean {
  const isAsked = approval !== undefined && approval.concludedAt === undefined;
  return outcome === 'planned' || (outcome === undefined && isAsked);
}

/** What was asked for and what it really is: pods cannot be halved. */
function traffic({ requested, actual, stable, track }: WeightStatus): string {
  return `**Traffic:** ${weightWords(requested)} requested, ${weightWords(actual)} real: ${track} of ${stable + track} pods run the new version`;
}

function waiting({ what, until }: Wait): string {
  return `**Waiting for** ${literal(what)}: until ${until.slice(0, 10)} ${until.slice(11, 19)} UTC`;
}

function queued({ place, behind, since }: QueueStatus): string {
  return `**Queue:** place ${place}, behind ${literal(behind)}, since ${since.slice(0, 10)} ${clock(since)} UTC`;
}

/** What is done by now; its own workflow knows the rest. */
function incidentLine({ workflowId, done }: IncidentStatus): string {
  const sofar = done.length === 0 ? 'on its way' : done.map(literal).join('; ');
  return `**Incident:** ${sofar} (\`${workflowId}\`)`;
}

function decisionLine({ at, by, what, reason }: Decision): string {
  return `- ${at.slice(11, 19)} ${literal(by)}: ${what}${reason === undefined ? '' : ` (${literal(reason)})`}`;
}

function facts(status: ReleaseStatus): string {
  const what = `**${status.service} ${displayVersion(status.version)} → ${status.environment}** (${status.strategy})`;
  // The reason of a success says the same.
  const change =
    status.from !== undefined && status.to !== undefined && status.outcome !== 'released'
      ? `\`${status.from}\` → \`${status.to}\``
      : '';
  const replicas = status.replicas === undefined ? '' : `${status.replicas} replicas`;
  const by = status.requestedBy === undefined ? '' : `requested by ${literal(status.requestedBy)}`;
  return [what, change, replicas, by].filter((part) => part !== '').join(' · ');
}

function stepTable({ steps, reason }: ReleaseStatus): string {
  return table(
    ['', 'Step', unbroken('Started (UTC)'), 'Took', 'Result'],
    ...steps.map((step) => [
      stepMarks[step.state],
      unbroken(step.name),
      clock(step.startedAt),
      unbroken(duration(step)),
      result(step, reason),
    ]),
  );
}

/** What ended the release stands at the top already. */
function result({ state, detail = '' }: StepStatus, reason: string | undefined): string {
  return state === 'failed' && reason?.startsWith(detail) === true ? 'see above' : literal(detail);
}

function checkTable(checks: readonly CheckResult[]): string {
  return table(
    ['', 'Check', 'Seen'],
    ...checks.map((check) => [checkMark(check), unbroken(literal(check.name)), literal(check.summary)]),
  );
}

function analysisTable({ metrics }: AnalysisReport): string {
  return table(
    ['', 'Measure', 'Seen'],
    ...metrics.map(({ name, verdict, summary }) => [
      verdictMarks[verdict],
      unbroken(literal(name)),
      literal(summary),
    ]),
  );
}

export function checkMark(check: CheckResult): string {
  return check.verdict !== 'pass' && check.severity === 'advisory' ? '⚠️' : verdictMarks[check.verdict];
}

function clock(iso: string | undefined): string {
  return iso === undefined ? '' : iso.slice(11, 19);
}

function duration(step: StepStatus): string {
  if (step.startedAt === undefined || step.endedAt === undefined) return '';
  return durationWords(Date.parse(step.endedAt) - Date.parse(step.startedAt));
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Whole sections are left out from the end; what a person needs first stands first. */
function bounded(sections: readonly string[]): string {
  const encoder = new TextEncoder();
  const kept: string[] = [];
  let bytes = 0;
  for (const section of sections.filter((part) => part !== '')) {
    bytes += encoder.encode(section).length + 2;
    if (bytes > maxDetailsBytes)
      return [...kept, '… the rest is in the result of the `status` query.'].join('\n\n');
    kept.push(section);
  }
  return kept.join('\n\n');
}
