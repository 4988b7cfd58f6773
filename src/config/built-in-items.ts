/** The items of a checklist that have a name of their own. */
import type { ChecklistItem } from '../domain/checklist.ts';

export const builtInItemNames = [
  'releaseNotes',
  'changelog',
  'ciChecks',
  'securityScan',
  'migrationsTested',
  'loadTest',
  'rollbackPlan',
  'onCall',
] as const;

export type BuiltInItemName = (typeof builtInItemNames)[number];

/** Where the proof of an item comes from, when the file does not say. */
type BuiltInProof =
  | { readonly by: 'person' | 'releaseNotes' | 'onCall' }
  | { readonly by: 'changelog'; readonly path: string }
  | { readonly by: 'checks'; readonly matching?: string }
  | { readonly by: 'verifiedIn'; readonly environment: string };

interface BuiltInItem extends Pick<ChecklistItem, 'title' | 'need'> {
  readonly proof: BuiltInProof;
}

/** Names that scanners give their checks; without one of these a person says whether there was a scan. */
const scanners =
  'secur|vulnerab|scan|codeql|trivy|grype|snyk|semgrep|sonar|checkmarx|dependency.?review|sast|govulncheck|audit';

export const builtInItems: Readonly<Record<BuiltInItemName, BuiltInItem>> = {
  releaseNotes: {
    title: 'Release notes reviewed and approved',
    need: 'required',
    proof: { by: 'releaseNotes' },
  },
  changelog: {
    title: 'Changelog updated',
    need: 'required',
    proof: { by: 'changelog', path: 'CHANGELOG.md' },
  },
  ciChecks: { title: 'All CI/CD checks passing', need: 'required', proof: { by: 'checks' } },
  securityScan: {
    title: 'Security scan completed (no critical vulnerabilities)',
    need: 'required',
    proof: { by: 'checks', matching: scanners },
  },
  migrationsTested: {
    title: 'Database migrations tested in staging',
    need: 'required',
    proof: { by: 'verifiedIn', environment: 'staging' },
  },
  loadTest: {
    title: 'Load testing completed (for major releases)',
    need: 'requiredForMajor',
    proof: { by: 'person' },
  },
  rollbackPlan: { title: 'Rollback plan documented', need: 'required', proof: { by: 'person' } },
  onCall: { title: 'On-call engineer notified', need: 'required', proof: { by: 'onCall' } },
};

export function isBuiltInItem(value: unknown): value is BuiltInItemName {
  return (builtInItemNames as readonly unknown[]).includes(value);
}
