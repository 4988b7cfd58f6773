/** What must be written so that the target is as a backup says. Reads only. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Problem } from '../../domain/observation.ts';
import type { Target } from '../../domain/target.ts';
import { findAutoscaler } from './autoscaler.ts';
import { checkReferences } from './check-references.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef } from './deployment.ts';
import { differences } from './differences.ts';
import { fillRedacted, type Filled } from './fill-redacted.ts';
import { rawJson } from './raw-json.ts';
import type { StoredBackup, StoredObject } from './read-backup.ts';
import { readTemplate } from './read-template.ts';
import { referencesOf } from './references.ts';
import { checkSelectorChange } from './check-selector-change.ts';
import { withoutTemplateHash } from './template.ts';

export type Kind = 'Deployment' | 'Service' | 'HorizontalPodAutoscaler';

export interface ObjectPatch {
  readonly kind: Kind;
  readonly name: string;
  /** As it was read: the patch must fail when somebody wrote since. */
  readonly resourceVersion: string;
  /** Fields of `spec` to write; `undefined` removes one. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changes: readonly string[];
}

export interface RestorePlan {
  readonly patches: readonly ObjectPatch[];
  readonly kept: readonly string[];
  readonly problems: readonly Problem[];
}

/** Never written: they cannot change, or belong to the cluster or to whoever paused the Deployment. */
const fixedFields: Readonly<Record<Kind, readonly string[]>> = {
  Deployment: ['selector', 'paused'],
  Service: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'],
  HorizontalPodAutoscaler: ['scaleTargetRef'],
};

interface LiveObject {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export async function planRestore(
  clients: ClusterClients,
  target: Target,
  backup: StoredBackup,
): Promise<RestorePlan> {
  const live = await readLive(clients, target);
  const ofThen = await readTemplate(clients, target.environment.namespace, backup.observed.deployment);
  const parts = backup.objects.map((stored) => restoreObject(stored, live, ofThen));
  const patches = parts.flatMap(({ patch }) => (patch === undefined ? [] : [patch]));
  const template = patches.find(({ kind }) => kind === 'Deployment')?.fields['template'] as
    V1PodTemplateSpec | undefined;
  const references =
    template?.spec === undefined
      ? []
      : await checkReferences(clients, target.environment.namespace, referencesOf(template.spec));
  const selector = patches.find(({ kind }) => kind === 'Service')?.fields['selector'];
  return {
    patches: patches.filter(({ changes }) => changes.length > 0),
    kept: parts.flatMap(({ kept }) => kept),
    problems: [
      ...parts.flatMap(({ problems }) => problems),
      ...references,
      ...checkSelectorChange(live.Service, live.Deployment, selector),
    ],
  };
}

type Live = Readonly<Partial<Record<Kind, LiveObject>>>;

async function readLive(clients: ClusterClients, target: Target): Promise<Live> {
  const ref = deploymentRef(target);
  const { namespace } = ref;
  const service = { name: target.service.kubernetesService, namespace };
  const name = (await findAutoscaler(clients, ref))?.metadata?.name;
  const [deployment, serviceNow, autoscaler] = await Promise.all([
    rawJson((options) => clients.apps.readNamespacedDeployment(ref, options)),
    rawJson((options) => clients.core.readNamespacedService(service, options)),
    name === undefined
      ? undefined
      : rawJson((options) =>
          clients.autoscaling.readNamespacedHorizontalPodAutoscaler({ name, namespace }, options),
        ),
  ]);
  return {
    Deployment: deployment as unknown as LiveObject,
    Service: serviceNow as unknown as LiveObject,
    ...(autoscaler === undefined ? {} : { HorizontalPodAutoscaler: autoscaler as unknown as LiveObject }),
  };
}

interface Part {
  readonly patch?: ObjectPatch;
  readonly kept: readonly string[];
  readonly problems: readonly Problem[];
}

function restoreObject(stored: StoredObject, live: Live, templateOfThen: unknown): Part {
  const kind = stored.kind as Kind;
  const label = `${kind}/${stored.metadata.name}`;
  const now = live[kind];
  if (now?.metadata.name !== stored.metadata.name) {
    return { kept: [`${label} is gone, and what a backup redacts is not made anew`], problems: [] };
  }
  const current: Readonly<Record<string, unknown>> =
    kind === 'Deployment' ? { ...now.spec, template: withoutTemplateHash(now.spec['template']) } : now.spec;
  const filled = fillSpec(stored, current, templateOfThen, label);
  const wanted = filled.value as Readonly<Record<string, unknown>>;
  const stays = fieldThatStays(kind, current, wanted, live);
  const fixed = [...fixedFields[kind], ...(stays === undefined ? [] : [stays.field])];
  const keys = [...new Set([...Object.keys(current), ...Object.keys(wanted)])].filter(
    (key) => !fixed.includes(key),
  );
  const changed = keys
    .map((key) => [key, differences(current[key], wanted[key], `${label}: spec.${key}`)] as const)
    .filter(([, found]) => found.length > 0);
  return {
    patch: {
      kind,
      name: stored.metadata.name,
      resourceVersion: now.metadata.resourceVersion,
      fields: Object.fromEntries(changed.map(([key]) => [key, wanted[key]])),
      changes: changed.flatMap(([, found]) => found),
    },
    kept: [
      ...filled.kept.map((path) => `${path} is redacted in the backup and stays as it is`),
      ...(stays === undefined ? [] : [`${label}: spec.${stays.field} ${stays.why}`]),
    ],
    problems: filled.missing.map((path) => ({
      rule: 'value-redacted',
      message: `${path} is redacted in the backup, and nothing in the cluster holds its value`,
      remedy: 'set it by hand first, best from a Secret, or return to a revision instead',
    })),
  };
}

/**
 * What an autoscaler decides, or what would end pods that serve now: what has been scaled up since is needed
 * on the way back, too.
 */
function fieldThatStays(
  kind: Kind,
  current: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  { Deployment: deployment, HorizontalPodAutoscaler: autoscaler }: Live,
): { readonly field: string; readonly why: string } | undefined {
  if (kind === 'Service') return undefined;
  if (kind === 'Deployment' && autoscaler !== undefined)
    return { field: 'replicas', why: "are the autoscaler's" };
  const field = kind === 'Deployment' ? 'replicas' : 'maxReplicas';
  const [now, then] = [Number(current[field]), Number(wanted[field])];
  const isLess = then < Math.min(now, Number(deployment?.spec['replicas']));
  if (!isLess) return undefined;
  return { field, why: `stays ${now}, as ${then} of the backup would take pods away` };
}

/** The ReplicaSet of the time holds the template whole, values that a backup redacts included. */
function fillSpec(
  stored: StoredObject,
  current: Readonly<Record<string, unknown>>,
  templateOfThen: unknown,
  label: string,
): Filled {
  if (stored.kind !== 'Deployment' || templateOfThen === undefined)
    return fillRedacted(stored.spec, current, `${label}: spec`);
  const { template: _redacted, ...rest } = stored.spec;
  const filled = fillRedacted(rest, current, `${label}: spec`);
  return { ...filled, value: { ...(filled.value as object), template: templateOfThen } };
}
