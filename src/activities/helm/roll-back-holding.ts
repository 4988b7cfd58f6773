/**
 * A rollback that takes no pods away. `helm rollback` writes the replicas of the revision it returns to
 * over those that an autoscaler or a person has set since, and the surplus pods end at once: in the
 * middle of an incident, for that is when people roll back. It has no option to leave them.
 *
 * So helm is given a chart that holds the stored manifest as it is, with the live replicas in it, and
 * upgrades to that: the same three-way merge, the same objects, and a record that agrees with the cluster.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { failureTypes } from '../../domain/failures.ts';
import { refusal } from './failures.ts';
import { changeWithin, type HelmRelease } from './helm-release.ts';
import { deploymentIn, withReplicas } from './manifest-deployment.ts';
import { ownerLabelArgs } from './owner-label.ts';
import type { RollBackOptions } from './roll-back-release.ts';
import { holdingDescription } from './rollback-description.ts';
import type { HeldReplicas } from './types.ts';

/** `undefined` where `helm rollback` takes no pods away that the target had. */
export async function replicasToHold(
  release: HelmRelease,
  { revision, undoes, liveReplicas }: Pick<RollBackOptions, 'revision' | 'undoes' | 'liveReplicas'>,
): Promise<HeldReplicas | undefined> {
  if (liveReplicas === undefined) return undefined;
  const [live, wanted, present] = await Promise.all([
    liveReplicas(),
    replicasOf(release, revision),
    replicasOf(release, undefined),
  ]);
  // Where a manifest has them no more, helm takes the field away, and Kubernetes puts 1 there.
  const insteadOf = wanted ?? (present === undefined ? undefined : 1);
  if (insteadOf === undefined || insteadOf >= live) return undefined;
  // What this run's own upgrade added may go with it.
  if (undoes !== undefined && present === live && insteadOf >= undoes.replicas) return undefined;
  return { kept: live, insteadOf };
}

async function replicasOf(
  { spec, target, read }: HelmRelease,
  revision: number | undefined,
): Promise<number | undefined> {
  const of = revision === undefined ? [] : ['--revision', String(revision)];
  return read(
    ['get', 'manifest', spec.release, ...of],
    (manifest) => deploymentIn(manifest, target.service)?.replicas,
  );
}

interface Holding {
  readonly revision: number;
  /** Number that the new revision will have. */
  readonly next: number;
  readonly held: HeldReplicas;
}

/** Without hooks: those of an upgrade do not belong to a way back, and those of a rollback cannot be run so. */
export async function rollBackHolding(
  release: HelmRelease,
  { revision, next, held }: Holding,
): Promise<void> {
  const { spec, target } = release;
  const stored = await readStored(release, revision);
  const manifest = withReplicas(stored.manifest, target.service.deployment, held.kept);
  if (manifest === undefined) {
    throw refusal(
      failureTypes.helmFailed,
      `helm rollback ${spec.release} ${revision} would set ${held.insteadOf} replicas where ${held.kept} run, and its manifest is written in a way that they cannot be kept in. Scale the Deployment to ${held.insteadOf} when the load allows it, then roll back again.`,
    );
  }
  // Values and Secrets are in these files: mkdtemp makes a folder for this user alone, and it goes at once.
  const folder = await mkdtemp(join(tmpdir(), 'fairway-rollback-'));
  try {
    await writeChart(folder, { ...stored, manifest });
    const limit = changeWithin(target);
    await release.run(
      [
        ...['upgrade', spec.release, folder, '--reset-values', '--values', '-'],
        // As a rollback does: the stored manifest was good enough once.
        ...['--no-hooks', '--disable-openapi-validation', '--hide-notes'],
        ...ownerLabelArgs(next),
        ...['--description', holdingDescription(revision, held), ...limit.args],
      ],
      { ...limit, stdin: stored.values },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const metadataSchema = z.object({
  chart: z.string(),
  version: z.string(),
  appVersion: z.string().default(''),
});

interface Stored {
  readonly metadata: z.output<typeof metadataSchema>;
  readonly manifest: string;
  readonly hooks: string;
  /** As the user gave them. */
  readonly values: string;
  /** With the chart's defaults: a later `helm upgrade --reuse-values` by hand rests on them. */
  readonly allValues: string;
}

async function readStored({ spec, run, read }: HelmRelease, revision: number): Promise<Stored> {
  const of = [spec.release, '--revision', String(revision)];
  const json = ['--output', 'json'];
  const [metadata, manifest, hooks, values, allValues] = await Promise.all([
    read(['get', 'metadata', ...of, ...json], (text) => metadataSchema.parse(JSON.parse(text))),
    run(['get', 'manifest', ...of]),
    run(['get', 'hooks', ...of]),
    run(['get', 'values', ...of, ...json]),
    run(['get', 'values', ...of, '--all', ...json]),
  ]);
  return { metadata, manifest, hooks, values, allValues };
}

/** The files are inserted as they are: what looks like a template in them is none. */
async function writeChart(folder: string, { metadata, manifest, hooks, allValues }: Stored): Promise<void> {
  const { chart: name, version, appVersion } = metadata;
  await mkdir(join(folder, 'templates'));
  const files = {
    'Chart.yaml': JSON.stringify({ apiVersion: 'v2', name, version, appVersion }),
    'values.yaml': allValues,
    'stored-manifest.yaml': manifest,
    'stored-hooks.yaml': hooks,
    'templates/stored.yaml':
      '{{ .Files.Get "stored-manifest.yaml" }}\n{{ .Files.Get "stored-hooks.yaml" }}\n',
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}
