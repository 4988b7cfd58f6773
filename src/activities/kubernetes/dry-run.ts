/** A release's mutations, asked of the API server with `dryRun=All`. */
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { V1Deployment } from '@kubernetes/client-node';
import { imageTag } from '../../domain/image.ts';
import type { Problem } from '../../domain/observation.ts';
import { bounded, boundedWarnings, type DryRunResult } from '../../domain/plan-diff-text.ts';
import { trackDeployment } from '../../domain/track.ts';
import type { HelmPreviewer } from '../helm/types.ts';
import type { ClusterClients } from './clients.ts';
import { deploymentRef, fieldManager, placeOf } from './deployment.ts';
import { compare } from './dry-run-compare.ts';
import { compareManifests, objectNamed } from './dry-run-helm.ts';
import { ask, dryRunAll, type Answer } from './dry-run-request.ts';
import { imageOf } from './observe-target.ts';
import { rawJson, type JsonObject } from './raw-json.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { imagePatch } from './set-image.ts';
import { trackManifest } from './track-manifest.ts';
import type { DryRunInput } from './types.ts';

export interface DryRunDeps {
  readonly clients: ClusterClients;
  readonly helm: HelmPreviewer;
}

/** What came of one mutation, or of several that helm makes at once. */
interface Rehearsal {
  readonly changes: readonly { readonly object: string; readonly diff: readonly string[] }[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Writes nothing, so it can be repeated. */
export async function dryRun(deps: DryRunDeps, input: DryRunInput): Promise<DryRunResult> {
  const live = await readLive(deps.clients, input);
  const rehearsals = [
    ...(input.selector === undefined ? [] : [await rehearseSelector(deps.clients, input, input.selector)]),
    ...(input.track === undefined ? [] : [await rehearseTrack(deps.clients, input, live, input.track)]),
    input.method === 'helm' ? await rehearseUpgrade(deps, input) : await rehearseImage(deps.clients, input),
  ];
  const problems = rehearsals.flatMap((each) => each.problems);
  if (problems.length > 0) return { outcome: 'refused', problems };
  return {
    outcome: 'accepted',
    changes: bounded(rehearsals.flatMap(({ changes }) => changes)),
    warnings: boundedWarnings(rehearsals.flatMap(({ warnings }) => warnings)),
  };
}

interface Live {
  readonly deployment: V1Deployment;
  readonly raw: JsonObject;
}

async function readLive(clients: ClusterClients, { target }: DryRunInput): Promise<Live> {
  let deployment: V1Deployment = {};
  const raw = await rawJson(async (options) => {
    deployment = await clients.apps.readNamespacedDeployment(deploymentRef(target), options);
  });
  // Throws when there is no such container.
  imageOf(deployment, target);
  return { deployment, raw };
}

async function rehearseSelector(
  clients: ClusterClients,
  { target }: DryRunInput,
  selector: NonNullable<DryRunInput['selector']>,
): Promise<Rehearsal> {
  const ref = { name: target.service.kubernetesService, namespace: target.environment.namespace };
  const object = `Service ${ref.name}`;
  const before = await rawJson((options) => clients.core.readNamespacedService(ref, options));
  const body = [{ op: 'replace', path: '/spec/selector', value: selector }];
  const answer = await ask(object, (options) =>
    clients.core.patchNamespacedService(
      { ...ref, body, fieldManager, ...dryRunAll },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch, options),
    ),
  );
  return rehearsed(object, before, answer);
}

async function rehearseTrack(
  clients: ClusterClients,
  { target, image }: DryRunInput,
  { raw }: Live,
  { track, replicas }: NonNullable<DryRunInput['track']>,
): Promise<Rehearsal> {
  const { name, namespace } = deploymentRef(target);
  const { container } = target.service;
  const made = trackDeployment(name, track);
  const answer = await ask(`Deployment ${made}`, (options) =>
    clients.custom.createNamespacedCustomObject(
      {
        group: 'apps',
        version: 'v1',
        plural: 'deployments',
        namespace,
        body: trackManifest({ live: raw, container, track, image, replicas, key: 'dry-run' }),
        fieldManager,
        ...dryRunAll,
      },
      options,
    ),
  );
  return rehearsed(`Deployment ${made} (new; compared with ${name})`, raw, answer);
}

/** Read anew at each try: the version that is patched must be the one that is compared. */
async function rehearseImage(clients: ClusterClients, input: DryRunInput): Promise<Rehearsal> {
  const { target, image } = input;
  const object = `Deployment ${target.service.deployment}`;
  return retryConflicts(placeOf(target), async () => {
    const { deployment, raw } = await readLive(clients, input);
    const answer = await ask(object, (options) =>
      clients.apps.patchNamespacedDeployment(
        { ...imagePatch(deployment, target.service.container, image), ...dryRunAll },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply, options),
      ),
    );
    return rehearsed(object, raw, answer);
  });
}

/** What helm renders; and whether the API server would take the Deployment of it. */
async function rehearseUpgrade(
  { clients, helm }: DryRunDeps,
  { target, image }: DryRunInput,
): Promise<Rehearsal> {
  const { helm: spec } = target.service;
  const preview = await helm.previewUpgrade(target, imageTag(image) ?? '');
  if (preview.outcome === 'pending') {
    const words = `Helm release ${spec?.release ?? ''}: an operation of before never ended. It is recovered first; what helm renders shows only then`;
    return { changes: [{ object: words, diff: [] }], problems: [], warnings: [] };
  }
  if (preview.outcome === 'refused') {
    const problem = {
      rule: 'chart-does-not-render',
      message: `helm upgrade ${spec?.release ?? ''} would fail: ${preview.error}`,
      remedy: `correct the chart ${spec?.chart ?? ''} or the release's values`,
    };
    return { changes: [], problems: [problem], warnings: [] };
  }
  const ref = deploymentRef(target);
  const object = `Deployment ${ref.name}`;
  const changes = compareManifests(preview.deployed, preview.rendered);
  const body = objectNamed(preview.rendered, object);
  if (body === undefined) return { changes, problems: [], warnings: [] };
  const answer = await ask(`${object} as the chart renders it`, (options) =>
    clients.apps.patchNamespacedDeployment(
      { ...ref, body, ...dryRunAll },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch, options),
    ),
  );
  return answer.outcome === 'refused'
    ? { changes: [], problems: [answer.problem], warnings: [] }
    : { changes, problems: [], warnings: answer.warnings };
}

function rehearsed(object: string, before: JsonObject, answer: Answer): Rehearsal {
  if (answer.outcome === 'refused') return { changes: [], problems: [answer.problem], warnings: [] };
  const diff = compare(before, answer.object);
  return { changes: [{ object, diff }], problems: [], warnings: answer.warnings };
}
