import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Deployment } from '@kubernetes/client-node';
import { failureTypes } from '../../domain/failures.ts';
import { awaitObserved } from './await-observed.ts';
import type { ClusterClients } from './clients.ts';
import { differences } from './differences.ts';
import { deploymentRef, fieldManager, isObserved, placeOf, revisionOf } from './deployment.ts';
import { failure } from './failures.ts';
import { markLeft } from './left-revisions.ts';
import { imageOf } from './observe-target.ts';
import { rawJson } from './raw-json.ts';
import { readTemplate } from './read-template.ts';
import { restartedBy } from './restart-rollout.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { applyImage } from './set-image.ts';
import { withoutTemplateHash } from './template.ts';
import type { RestoreRevisionInput, RestoreRevisionResult } from './types.ts';

/**
 * Puts the pod template of a ReplicaSet back, as `kubectl rollout undo --to-revision`
 * does, so that what a chart changed besides the image returns too. Replicas, annotations and
 * everything else of the Deployment stay: an autoscaler may have moved them. When the ReplicaSet
 * is gone (history limit), its image is set in the present template instead.
 *
 * Idempotent: the template is compared before and read again after. A Deployment that holds
 * neither the release's image nor the recorded one, or the recorded image in another template, is
 * somebody else's work and left alone. Throws `NotFound`, `Forbidden`, `Conflict`, `ChangedByOther`.
 */
export async function restoreRevision(
  clients: ClusterClients,
  input: RestoreRevisionInput,
): Promise<RestoreRevisionResult> {
  const { target, recorded } = input;
  const ref = deploymentRef(target);
  const signal = Context.current().cancellationSignal;
  return retryConflicts(placeOf(target), async () => {
    const now = await readSeen(clients, input, signal);
    const template = await readTemplate(clients, ref.namespace, recorded.deployment);
    const image = imageOf(now.deployment, target);
    const isThere =
      template === undefined
        ? image === recorded.deployment.image
        : isDeepStrictEqual(now.template, template);
    if (isThere) return { outcome: 'alreadyThere', image, revision: revisionOf(now.deployment) };
    if (image !== input.image) {
      return { outcome: 'leftAlone', image, reason: whyLeftAlone(input, image) };
    }

    if (template === undefined) {
      await applyImage(clients, now.deployment, target.service.container, recorded.deployment.image);
    } else {
      await replaceTemplate(clients, now.deployment, template, input.leaves === true);
    }
    const after = await readDeployment(clients, input);
    const restoredImage = imageOf(after.deployment, target);
    const holds =
      template === undefined
        ? restoredImage === recorded.deployment.image
        : isDeepStrictEqual(after.template, template);
    if (!holds) {
      const message = `Deployment ${ref.name} was put back to ${recorded.deployment.image} and holds ${restoredImage} in another template right after: something (an operator, a GitOps tool) writes it back. Stop that, then look at the Deployment.`;
      throw failure(failureTypes.changedByOther, placeOf(target), message);
    }
    const observed = await awaitObserved(clients, ref, after.deployment, signal);
    const replaced = template === undefined ? [] : otherChanges(input, now.template, template);
    return {
      outcome: 'restored',
      image: restoredImage,
      revision: revisionOf(observed),
      ...(replaced.length === 0 ? {} : { replaced }),
    };
  });
}

/** What went besides the image: a chart's doing, or a person's during the release. */
function otherChanges({ target }: RestoreRevisionInput, now: unknown, then: unknown): readonly string[] {
  const own = [`containers[${target.service.container}].image`, `annotations.${restartedBy}`];
  return differences(now, then, 'template').filter((path) => !own.some((one) => path.endsWith(one)));
}

interface ReadDeployment {
  readonly deployment: V1Deployment;
  /** As the server wrote it. */
  readonly template: unknown;
}

/** Throws `ChangedByOther` when the Deployment is no longer the one that was recorded. */
async function readDeployment(
  clients: ClusterClients,
  { target, recorded }: RestoreRevisionInput,
): Promise<ReadDeployment> {
  const ref = deploymentRef(target);
  let deployment: V1Deployment | undefined;
  const raw = await rawJson(async (options) => {
    deployment = await clients.apps.readNamespacedDeployment(ref, options);
  });
  if (deployment?.metadata?.uid !== recorded.deployment.uid) {
    const message = `Deployment ${ref.name} was deleted and created anew during the release; the recorded revision ${recorded.deployment.revision} went with it. Look at it, and deploy ${recorded.deployment.image} by hand if it should run.`;
    throw failure(failureTypes.changedByOther, placeOf(target), message);
  }
  return {
    deployment,
    template: withoutTemplateHash((raw['spec'] as { readonly template?: unknown }).template),
  };
}

/** Only once the controller has seen it does a revision belong to the template that is to be left. */
async function readSeen(
  clients: ClusterClients,
  input: RestoreRevisionInput,
  signal: AbortSignal,
): Promise<ReadDeployment> {
  const read = await readDeployment(clients, input);
  if (input.leaves !== true || isObserved(read.deployment)) return read;
  await awaitObserved(clients, deploymentRef(input.target), read.deployment, signal);
  return readDeployment(clients, input);
}

async function replaceTemplate(
  clients: ClusterClients,
  deployment: V1Deployment,
  template: unknown,
  leaves: boolean,
): Promise<void> {
  const { name = '', namespace = '', resourceVersion = '' } = deployment.metadata ?? {};
  const body = [
    // Answers 409 when somebody wrote since the read.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/spec/template', value: template },
    ...(leaves ? markLeft(deployment) : []),
  ];
  await clients.apps.patchNamespacedDeployment(
    { name, namespace, body, fieldManager },
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
}

function whyLeftAlone({ image, recorded }: RestoreRevisionInput, found: string): string {
  return found === recorded.deployment.image
    ? `the Deployment already holds ${found}, in a template that is neither the recorded one nor this release's: somebody changed it during the release`
    : `the Deployment holds ${found}, which is neither this release's ${image} nor the recorded ${recorded.deployment.image}: somebody changed it during the release`;
}
