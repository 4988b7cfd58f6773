/** The reference page of rights: every rule that a worker's Role may need, and what for. */
import type { Permission } from '../../src/activities/kubernetes/permissions.ts';
import { rightsParts } from '../../src/worker/rights.ts';
import { code, heading, table } from './markdown.ts';

const { verification, smoke } = rightsParts;

const introduction = `A worker's account needs a Role in the namespace of each target, made of the parts below that its services take; the
[Helm chart](../operator/helm-chart.md#rights) makes such Roles by itself. Cluster-wide it needs nothing. Pre-flight asks for every right
that a release will use (SelfSubjectAccessReview) and names each missing one as a rule to add, before anything is changed.

RBAC cannot grant the metadata of a Secret without its values. Fairway asks for the metadata only of Secrets that a workload
references; Helm keeps its own records in Secrets and reads these. In addition to these lists: \`get\` on the Secrets and
ConfigMaps that the workload references, by name.`;

const parts: readonly (readonly [title: string, permissions: readonly Permission[]])[] = [
  ['Every release, and rollback', rightsParts.release],
  ['Canary and blue/green', rightsParts.tracks],
  ['Verification, with `reach: portForward` (the default)', verification.portForward],
  ['Verification, with `reach: proxy`', verification.proxy],
  ['Verification, with `reach: exec`', verification.exec],
  ['Smoke tests of blue/green: commands', smoke.command],
  ['Smoke tests of blue/green: Jobs', smoke.job],
  ['Services that have a Helm release', rightsParts.helm],
  ['Of these, services updated by Helm', rightsParts.helmUpdate],
  ['Diagnosis: all optional, what it could not see it says', rightsParts.diagnosis],
  ['Diagnosis, of the whole cluster: as optional', rightsParts.diagnosisCluster],
];

export function rightsReference(): string {
  const sections = parts.map(([title, permissions]) =>
    [`## ${title}`, table(['resource', 'verbs', 'why'], permissions.map(row))].join('\n\n'),
  );
  const chart = `Each other kind that the chart of a service updated by Helm holds takes ${rightsParts.chartObjectVerbs.map(code).join(', ')}.`;
  return `${[heading('Rights', 'src/activities/*/permissions.ts'), introduction, ...sections, chart].join('\n\n')}\n`;
}

function row({ group, resource, subresource, verbs, reason }: Permission): readonly string[] {
  // As `kubectl auth can-i` takes it.
  const path = [group === '' ? resource : `${resource}.${group}`, subresource].filter(Boolean).join('/');
  return [code(path), verbs.join(', '), reason];
}
