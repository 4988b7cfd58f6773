/** The reference page of workflow types, made from what they take and how they end. */
import { readFileSync } from 'node:fs';
import { failureTypes } from '../../src/domain/failures.ts';
import { releaseRequestFields } from '../../src/domain/release-request.ts';
import { diagnosisFields, releaseFields, verificationFields } from '../../src/domain/request.ts';
import { rollbackFields } from '../../src/domain/rollback-request.ts';
import { outcomeWords, type Outcome } from '../../src/domain/status.ts';
import { blueGreenFields, canaryFields } from '../../src/domain/strategy-requests.ts';
import type * as workflows from '../../src/workflows/index.ts';
import { code, heading, table } from './markdown.ts';

type Field =
  | (typeof releaseRequestFields)[number]
  | (typeof verificationFields)[number]
  | (typeof diagnosisFields)[number]
  | (typeof rollbackFields)[number];

/** Each once: a field means the same wherever it stands. */
const meanings: Readonly<Record<Field, string>> = {
  service: 'name of the service in `fairway.yaml`',
  environment: 'name of the environment in `fairway.yaml`',
  version: '`4.1.0` or `v4.1.0`: the image tag',
  requestedBy: 'who asks; needed where others have to approve',
  force: '`true`: roll the version out again although it runs already',
  update: "`image` or `helm`, instead of the service's own way",
  dryRun: '`true`: answer the plan, and what the cluster would make of it; change nothing',
  whenHeld:
    '`reject`, `wait` or `supersede`: when another release holds the target ([queue](../guides/queue.md))',
  versionFrom:
    '`{"verifiedIn": "staging"}` instead of `version`: the newest one verified there ([schedules](../guides/schedules.md))',
  strategy: "`standard`, `canary` or `blueGreen`, instead of the environment's own",
  steps: 'of a canary: `[{"weight": 10, "bake": "15m", "gate": true}, …]`, rising to 100',
  gate: 'of blue/green: `true`: a person opens the switch',
  monitor: 'of blue/green: how long green is watched after the switch, for example `"10m"`',
  keep: 'of blue/green: how long blue\'s pods stay after the switch, at least `"30s"`',
  deployment: "a Deployment that belongs to the target, such as its canary; the target's own when absent",
  to: 'where to: `"previous"` (default), `{"revision": 3}`, `{"version": "4.0.0"}`, `{"helmRevision": 5}`, `{"helm": "previous"}`, `{"backup": "latest"}` or a backup by name',
  reason: 'why; told wherever the rollback is',
};

interface WorkflowWords {
  readonly does: string;
  readonly fields: readonly Field[];
  readonly required: readonly Field[];
  /** How it may end well. */
  readonly outcomes: readonly Outcome[];
  /** Types of failure that it ends with. */
  readonly failures: readonly (keyof typeof failureTypes)[];
}

const target = ['service', 'environment'] as const;
const releaseFailures = [
  ...(['invalidRequest', 'unknownTarget', 'targetLocked', 'refused', 'failed'] as const),
  ...(['aborted', 'rolledBack', 'rollbackFailed', 'changedByOther'] as const),
];
const alone = {
  required: [...target, 'version'],
  outcomes: ['released', 'unchanged', 'planned'],
  failures: releaseFailures,
} as const;

/** `incident` is started by a release that went wrong, and by nobody else. */
type Started = Exclude<keyof typeof workflows, 'incident'>;

const types: Readonly<Record<Started, WorkflowWords>> = {
  release: {
    does: 'A strategy with all that has to be agreed before: promotion, checklist, windows, announcement, approvals.',
    fields: releaseRequestFields,
    ...alone,
    failures: [...releaseFailures, 'rejected', 'approvalExpired'],
  },
  standardDeployment: {
    does: 'Updates the Deployment in place, watches the rollout, verifies. Refused where something has to be agreed, as the two below.',
    fields: releaseFields,
    ...alone,
  },
  canaryDeployment: {
    does: 'A growing share of the pods runs the new version, watched at each step.',
    fields: [...releaseFields, ...canaryFields],
    ...alone,
  },
  blueGreenDeployment: {
    does: 'Green is made and tested beside blue; then all traffic moves at once.',
    fields: [...releaseFields, ...blueGreenFields],
    ...alone,
  },
  rollback: {
    does: 'Returns to what ran before. A release that holds the target is made to abort first.',
    fields: rollbackFields,
    required: [...target, 'reason'],
    outcomes: ['rolledBack', 'unchanged'],
    failures: releaseFailures.filter((type) => type !== 'rolledBack'),
  },
  verification: {
    does: "The service's checks on what runs; where a required one does not pass, a diagnosis says why. Changes nothing.",
    fields: verificationFields,
    required: target,
    outcomes: ['passed'],
    failures: ['invalidRequest', 'unknownTarget', 'verificationFailed', 'failed'],
  },
  diagnosis: {
    does: 'Why the target is not well: findings with their evidence, the likeliest first. Changes nothing.',
    fields: diagnosisFields,
    required: target,
    outcomes: ['diagnosed', 'passed'],
    failures: ['invalidRequest', 'unknownTarget', 'failed'],
  },
};

const outcomes: Readonly<Record<Outcome, string>> = {
  released: 'the new version runs and is verified',
  passed: 'every required check passed; of a diagnosis: nothing is wrong',
  diagnosed: 'the findings are in the result',
  recorded: 'of the workflow that follows a failure: whoever is to be told was told',
  unchanged: 'there was nothing to do',
  planned: 'a dry run: the plan is in the result',
  rolledBack:
    'of a release: it failed, and the target is back on what ran; of a rollback: it did what was asked',
  rollbackFailed: 'putting things back failed, too; the result lists what is left, and how to do it by hand',
  refused: 'nothing was changed; the reason names the rule and what to do',
  aborted: 'a person ended it, and the target is as it was',
  failed: 'it went wrong before anything was changed, or the target was left as somebody else changed it',
};

export function workflowsReference(): string {
  const parts = (Object.entries(types) as [Started, WorkflowWords][]).map(
    ([name, { does, fields, required, outcomes: ends, failures }]) =>
      [
        `## ${name}`,
        does,
        table(
          ['field', 'required', 'meaning'],
          fields.map((field) => [
            code(field),
            required.includes(field)
              ? field === 'version' && fields.includes('versionFrom')
                ? 'or `versionFrom`'
                : 'yes'
              : '',
            meanings[field],
          ]),
        ),
        `**Completes** as ${ends.map(code).join(', ')}. **Fails** as ${failures.map((type) => code(failureTypes[type])).join(', ')}.`,
      ].join('\n\n'),
  );
  return `${[introduction, ...parts, outcomeTable(), failureTable()].join('\n\n')}\n`;
}

function outcomeTable(): string {
  const rows = Object.entries(outcomes).map(([outcome, meaning]) => [
    code(outcome),
    outcomeWords[outcome as Outcome],
    meaning,
  ]);
  return `## Outcomes\n\nIn the result, the \`status\` query and the search attribute \`FairwayOutcome\`.\n\n${table(['outcome', 'as people read it', 'meaning'], rows)}`;
}

function failureTable(): string {
  const source = readFileSync(new URL('../../src/domain/failures.ts', import.meta.url), 'utf8');
  const rows = failureMeanings(source).map(([type, meaning]) => [code(type), meaning]);
  const known = Object.values(failureTypes);
  if (rows.length !== known.length) throw new Error('src/domain/failures.ts is written in another way');
  return `## Failure types\n\n\`ApplicationFailure.type\`: code branches on it, never on the text. The details hold the whole status. The types after \`RolloutFailed\` are those of single activities, seen in the history.\n\n${table(['type', 'meaning'], rows)}`;
}

/** The meaning of each type stands once, right above its definition. Throws where one has none. */
export function failureMeanings(source: string): readonly (readonly [type: string, meaning: string])[] {
  let meaning: string | undefined;
  return source.split('\n').flatMap((line): (readonly [string, string])[] => {
    const type = /^ {2}\w+: '(\w+)',$/.exec(line)?.[1];
    const before = meaning;
    meaning = /^ {2}\/\*\* (.*) \*\/$/.exec(line)?.[1];
    if (type === undefined) return [];
    if (before === undefined) throw new Error(`src/domain/failures.ts says nothing of what ${type} means`);
    return [[type, before]];
  });
}

const introduction = `${heading('Workflow types', 'src/workflows and src/domain')}

All are started on the control task queue (\`fairway\` unless \`temporal.taskQueue\` says otherwise) with one JSON object:

\`\`\`sh
temporal workflow start --type release --task-queue fairway --workflow-id shop-4.1.0 --fail-existing --input '{"service":"shop","environment":"production","version":"4.1.0","requestedBy":"you@example.com"}'
\`\`\`

The workflow ID is yours to choose; messages and queries go to it. \`temporal workflow execute\` waits for the end: its
exit code is 0 when the workflow completes, and 1 when it fails. Fields that are unknown or wrong are all named at once
(\`InvalidRequest\`), and nothing is changed.`;
