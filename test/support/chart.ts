/** The Helm chart of Fairway's workers, rendered and installed by the real helm. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubernetesObject, V1Deployment, V1NetworkPolicy, V1Role } from '@kubernetes/client-node';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { toolsFolder } from './cluster.ts';

export const chart = fileURLToPath(new URL('../../deploy/fairway', import.meta.url));

/** Values without which nothing is rendered. */
export function valuesFor(config: object, more: object = {}): object {
  return {
    config,
    image: { repository: 'registry.example.com/fairway' },
    temporal: { address: 'temporal.example.com:7233' },
    ...more,
  };
}

/** A mapping, or the text of a file: only there does YAML have a say. */
export type Values = object | string;

/** Runs helm with these values; answers what it printed, also when it refused. */
export async function helmWith(values: Values, args: readonly string[]) {
  const ended = await execa(join(toolsFolder(), 'helm'), [...args, '--values', '-'], {
    input: typeof values === 'string' ? values : JSON.stringify(values),
    reject: false,
  });
  return { ok: ended.exitCode === 0, said: ended.stdout + ended.stderr };
}

export interface Rendered {
  /** As text, for the API server. */
  readonly manifest: string;
  readonly objects: readonly KubernetesObject[];
  deployment(name: string): V1Deployment;
  role(name: string, namespace: string): V1Role;
  networkPolicy(name: string): V1NetworkPolicy;
}

/** As the release `fairway` of the namespace. Throws with helm's words. */
export async function render(values: Values, namespace = 'fairway-system'): Promise<Rendered> {
  const { ok, said } = await helmWith(values, ['template', 'fairway', chart, '--namespace', namespace]);
  if (!ok) throw new Error(said);
  const objects = parseAllDocuments(said)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
  const find = (kind: string, name: string, within?: string): KubernetesObject => {
    const found = objects.find(
      (each) =>
        each.kind === kind &&
        each.metadata?.name === name &&
        (within === undefined || each.metadata.namespace === within),
    );
    if (found === undefined) throw new Error(`The chart makes no ${kind} ${name} ${within ?? ''}.`);
    return found;
  };
  return {
    manifest: said,
    objects,
    deployment: (name) => find('Deployment', name) as V1Deployment,
    role: (name, within) => find('Role', name, within) as V1Role,
    networkPolicy: (name) => find('NetworkPolicy', name) as V1NetworkPolicy,
  };
}
