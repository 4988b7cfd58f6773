/**
 * A small world with one target, for tests of what workflows decide: activities that read and change
 * a plain object, a log of what was called, and faults that a test puts in the way.
 */
import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { ConfigurationActivities } from '../../src/activities/configuration/types.ts';
import type { DiagnoseInput, DiagnosisActivities } from '../../src/activities/diagnosis/types.ts';
import type { HeldReplicas, HelmActivities } from '../../src/activities/helm/types.ts';
import type { AnalysisActivities } from '../../src/activities/analysis/types.ts';
import type {
  DryRunActivities,
  KubernetesActivities,
  TrackActivities,
  TrafficActivities,
} from '../../src/activities/kubernetes/types.ts';
import type { SmokeActivities } from '../../src/activities/smoke/types.ts';
import type { RollbackActivities } from '../../src/activities/kubernetes/rollback-types.ts';
import type { PostMessageInput, SlackActivities } from '../../src/activities/slack/types.ts';
import type { VerificationActivities } from '../../src/activities/verification/types.ts';
import type { VerificationReport } from '../../src/domain/check.ts';
import type { DiagnosisReport } from '../../src/domain/diagnosis.ts';
import { optional } from '../../src/domain/fields.ts';
import { failureTypes } from '../../src/domain/failures.ts';
import type { Problem } from '../../src/domain/observation.ts';
import type { RolloutResult } from '../../src/domain/rollout-result.ts';
import type { Target } from '../../src/domain/target.ts';
import type { TargetHistory } from '../../src/domain/target-history.ts';
import { anObservation, aTarget } from './a-target.ts';
import { trackActivities, type Tracks } from './fake-tracks.ts';

type Activities = KubernetesActivities &
  DiagnosisActivities &
  DryRunActivities &
  RollbackActivities &
  HelmActivities &
  VerificationActivities &
  SlackActivities &
  ConfigurationActivities;

export type ActivityName =
  | keyof Activities
  | keyof TrackActivities
  | keyof TrafficActivities
  | keyof AnalysisActivities
  | keyof SmokeActivities;

export interface World {
  readonly target: Target;
  /** Image in the Deployment's template. */
  image: string;
  helmRevision: number;
  /** Image in Helm's record, where somebody set another one past Helm. */
  helmHolds?: string;
  /** Pods that a rollback by Helm must not take away. */
  helmKeeps?: HeldReplicas;
  problems: Problem[];
  /** What it could return to. */
  history: TargetHistory;
  /** Where backups differ from what is there. */
  backupChanges: string[];
  /** Name of the backup that is made next. */
  ownBackup: string;
  /** Images whose rollout fails. */
  readonly brokenImages: Set<string>;
  /** Images that do not verify. */
  readonly sickImages: Set<string>;
  /** What a diagnosis finds. */
  diagnosis: DiagnosisReport;
  /** What the last diagnosis was asked. */
  diagnosed?: DiagnoseInput;
  readonly calls: ActivityName[];
  readonly messages: (PostMessageInput & { updates: string[] })[];
  /** Called before an activity does its work; throw to make it fail, wait to hold it. */
  interfere: (activity: ActivityName, call: number) => void | Promise<void>;
  readonly activities: Activities;
}

export function aWorld(target: Target = aTarget(), tracks?: Tracks): World {
  const world: World = {
    target,
    image: 'example/shop:4.0.0',
    helmRevision: 7,
    problems: [],
    history: { revisions: [], backups: [] },
    backupChanges: [],
    ownBackup: 'fairway-backup-shop-1',
    brokenImages: new Set(),
    sickImages: new Set(),
    diagnosis: { summary: 'nothing was found', findings: [], unseen: [] },
    calls: [],
    messages: [],
    interfere: () => undefined,
    activities: undefined as unknown as Activities,
  };
  const activities = {
    ...activitiesOf(world, tracks),
    ...(tracks === undefined ? {} : trackActivities(world, tracks)),
  };
  return Object.assign(world, { activities: logged(world, activities) });
}

/** Holds an activity as a real one would be held: until it is cancelled. */
export async function untilCancelled(): Promise<void> {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat();
  }, 100);
  try {
    await context.cancelled;
  } finally {
    clearInterval(timer);
  }
}

function activitiesOf(world: World, tracks?: Tracks): Activities {
  const observed = () => ({
    ...anObservation({
      image: world.image,
      ...(tracks === undefined
        ? {}
        : {
            replicas: tracks.stable,
            availableReplicas: tracks.stable,
            ...optional('heldBy', tracks.heldBy),
          }),
    }),
    ...(tracks === undefined ? {} : { service: { name: 'shop-server', selector: tracks.selector } }),
    ...(tracks?.autoscaler === undefined ? {} : { autoscaler: tracks.autoscaler }),
    helm: {
      ...anObservation().helm,
      revision: world.helmRevision,
      deployedRevision: world.helmRevision,
      ...(world.helmHolds === undefined ? {} : { manifestImage: world.helmHolds }),
    } as never,
  });
  return {
    resolveTarget: (ref) =>
      ref.service === world.target.service.name && ref.environment === world.target.environment.name
        ? Promise.resolve(world.target)
        : Promise.reject(
            ApplicationFailure.nonRetryable(
              `fairway.yaml has no service "${ref.service}". It has: shop.`,
              failureTypes.unknownTarget,
            ),
          ),
    preflight: () => Promise.resolve({ problems: world.problems, observed: observed() }),
    diagnose: (input) => {
      world.diagnosed = input;
      return Promise.resolve(world.diagnosis);
    },
    dryRun: () => Promise.resolve({ outcome: 'accepted', changes: [], warnings: [] }),
    observeTarget: () => Promise.resolve(observed()),
    backUpTarget: () =>
      Promise.resolve({
        configMap: world.ownBackup,
        takenAt: '2026-02-03T10:00:00Z',
        image: world.image,
        revision: '4',
        replicas: 3,
        objects: ['Deployment/shop-server', 'Service/shop-server'],
      }),
    setImage: ({ image }) => {
      const changed = world.image !== image;
      world.image = image;
      return Promise.resolve({ changed, revision: '5' });
    },
    restartRollout: () => Promise.resolve({ changed: true, revision: '6' }),
    upgradeHelmRelease: ({ tag }) => {
      world.image = `${world.target.service.image}:${tag}`;
      world.helmRevision += 1;
      return Promise.resolve({ revision: world.helmRevision, chart: 'shop-1.0.0' });
    },
    rollBackHelmRelease: ({ revision }) => {
      if (revision !== world.helmRevision) {
        world.helmRevision += 1;
        world.image =
          world.history.helm?.find((each) => each.revision === revision)?.image ??
          world.helmHolds ??
          'example/shop:4.0.0';
      }
      const held = world.helmKeeps === undefined ? {} : { held: world.helmKeeps };
      return Promise.resolve({ revision: world.helmRevision, chart: 'shop-1.0.0', ...held });
    },
    awaitRollout: ({ target, image }) =>
      Promise.resolve(rolloutOf(world, image, target.service.deployment !== world.target.service.deployment)),
    restoreRevision: ({ recorded, image }) => {
      const was = world.image;
      const { image: from, revision } = recorded.deployment;
      if (was === from) return Promise.resolve({ outcome: 'alreadyThere' as const, image: from, revision });
      if (was !== image)
        return Promise.resolve({ outcome: 'leftAlone' as const, image: was, reason: 'changed' });
      world.image = from;
      return Promise.resolve({ outcome: 'restored' as const, image: from, revision: '6' });
    },
    listRevisions: () => Promise.resolve(world.history),
    compareBackup: () => Promise.resolve({ changes: world.backupChanges, kept: [], problems: [] }),
    restoreBackup: ({ configMap }) => {
      const backup = world.history.backups.find((each) => each.configMap === configMap);
      world.image = backup?.image ?? world.image;
      return Promise.resolve({ changed: true, image: world.image, revision: '9' });
    },
    verifyTarget: ({ target, image }) => {
      if (tracks !== undefined && target.service.deployment.endsWith('-green')) tracks.greenTested = true;
      return Promise.resolve(reportOf(image ?? world.image, world.sickImages.has(image ?? world.image)));
    },
    postMessage: (input) => {
      world.messages.push({ ...input, updates: [] });
      return Promise.resolve({
        outcome: 'posted' as const,
        ref: { channel: input.channel, ts: String(world.messages.length) },
      });
    },
    updateMessage: ({ ref, text }) => {
      world.messages[Number(ref.ts) - 1]?.updates.push(text);
      return Promise.resolve({ outcome: 'posted' as const, ref });
    },
  };
}

function rolloutOf(world: World, image: string, isTrack: boolean): RolloutResult {
  const progress = { desired: 3, updated: 3, available: 3, old: 0 };
  if (world.image !== image && !isTrack)
    return { outcome: 'changed', reason: `the template holds ${world.image}`, progress };
  if (!world.brokenImages.has(image)) return { outcome: 'complete', progress, seconds: 4 };
  return {
    outcome: 'failed',
    rule: 'crash-loop-back-off',
    reason: 'container shop of pod shop-1 is crash looping (exit code 1)',
    evidence: [{ subject: 'pod shop-1', detail: 'CrashLoopBackOff' }],
    progress: { ...progress, available: 2 },
  };
}

function reportOf(image: string, sick: boolean): VerificationReport {
  const summary = sick ? 'health endpoint: 3/3 pods answered {"status":"unhealthy"}' : '7 of 7 checks passed';
  return {
    verdict: sick ? 'fail' : 'pass',
    summary,
    pods: 3,
    ran: { image },
    warnings: [],
    checks: [
      {
        name: 'health endpoint',
        severity: 'required',
        verdict: sick ? 'fail' : 'pass',
        summary,
        evidence: [],
      },
    ],
  };
}

/** Every call is logged and can be interfered with before it does anything. */
function logged(world: World, activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never): Promise<unknown> => {
      const key = name as ActivityName;
      world.calls.push(key);
      await world.interfere(key, world.calls.filter((call) => call === key).length);
      return (activity as (input: never) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}
