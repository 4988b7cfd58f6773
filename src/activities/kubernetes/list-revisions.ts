import type { Target } from '../../domain/target.ts';
import type { TargetHistory, TargetRevision } from '../../domain/target-history.ts';
import type { HelmReader } from '../helm/types.ts';
import { listBackupRefs } from './backup-store.ts';
import type { ClusterClients } from './clients.ts';
import {
  deploymentRef,
  isOwnedBy,
  revisionAnnotation,
  selectorText,
  templateHashLabel,
} from './deployment.ts';
import { leftRevisionsOf } from './left-revisions.ts';
import { rawJson } from './raw-json.ts';
import { contentDigest } from './template-digest.ts';

/** Numbers that a ReplicaSet had before the Deployment returned to it. */
const formerRevisions = 'deployment.kubernetes.io/revision-history';

/** Reads only. Throws `NotFound`, `Forbidden`, `HelmFailed`, `HelmMissing`, `ClusterUnreachable`. */
export async function listRevisions(
  clients: ClusterClients,
  helm: HelmReader,
  { target }: { readonly target: Target },
): Promise<TargetHistory> {
  const [revisions, backups, ofHelm] = await Promise.all([
    readRevisions(clients, target),
    listBackupRefs(clients, target),
    target.service.helm === undefined ? undefined : helm.listRevisions(target),
  ]);
  return { revisions, backups, ...(ofHelm === undefined ? {} : { helm: ofHelm }) };
}

/** As the server writes it; the client's own objects drop fields of a newer cluster, and a digest must not. */
interface RawReplicaSet {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { uid: string; controller?: boolean }[];
  };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
    };
  };
}

async function readRevisions(clients: ClusterClients, target: Target): Promise<readonly TargetRevision[]> {
  const ref = deploymentRef(target);
  const deployment = await clients.apps.readNamespacedDeployment(ref);
  const { metadata, spec } = deployment;
  const left = leftRevisionsOf(deployment);
  const labelSelector = selectorText(spec?.selector);
  const list = await rawJson((options) =>
    clients.apps.listNamespacedReplicaSet({ namespace: ref.namespace, labelSelector }, options),
  );
  const items = (list['items'] ?? []) as readonly RawReplicaSet[];
  return items
    .filter((replicaSet) => isOwnedBy(replicaSet, metadata?.uid))
    .map((replicaSet) => describe(replicaSet, target.service.container))
    .map((each) => (left.includes(each.revision) ? { ...each, left: true as const } : each))
    .filter(({ revision }) => revision > 0)
    .sort((a, b) => b.revision - a.revision);
}

function describe({ metadata, spec }: RawReplicaSet, container: string): TargetRevision {
  const { annotations = {} } = metadata;
  const former = (annotations[formerRevisions] ?? '').split(',').filter((number) => number !== '');
  return {
    // The controller writes it a moment after it made the ReplicaSet; 0 until then.
    revision: Number(annotations[revisionAnnotation] ?? 0),
    formerRevisions: former.map(Number),
    replicaSet: metadata.name,
    templateHash: metadata.labels?.[templateHashLabel] ?? '',
    contentDigest: contentDigest(spec.template),
    image: spec.template.spec.containers.find(({ name }) => name === container)?.image ?? '',
    createdAt: metadata.creationTimestamp,
  };
}
