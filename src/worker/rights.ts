/**
 * All rights that a cluster's worker can need, in the parts that a set-up takes: what pre-flight asks about is put
 * together from the same lists, and the roles of the Helm chart are generated from these parts.
 */
import { diagnosisClusterPermissions, diagnosisPermissions } from '../activities/diagnosis/permissions.ts';
import { helmReads, helmWrites } from '../activities/helm/permissions.ts';
import { chartObjectVerbs } from '../activities/kubernetes/chart-permissions.ts';
import { surroundingsPermissions } from '../activities/kubernetes/observe-surroundings.ts';
import {
  releasePermissions,
  rollbackPermissions,
  type Permission,
} from '../activities/kubernetes/permissions.ts';
import { trackPermissions } from '../activities/kubernetes/track-permissions.ts';
import { smokePermissions } from '../activities/smoke/permissions.ts';
import { verificationPermissions } from '../activities/verification/permissions.ts';

export interface RightsParts {
  /** Every release, and the rollback to what was before it. */
  readonly release: readonly Permission[];
  /** Optional: without them a diagnosis says what it could not see. */
  readonly diagnosis: readonly Permission[];
  /** As optional, and of the whole cluster. */
  readonly diagnosisCluster: readonly Permission[];
  /** Canary and blue/green. */
  readonly tracks: readonly Permission[];
  /** By the service's `verification.reach`. */
  readonly verification: Readonly<Record<'portForward' | 'proxy' | 'exec', readonly Permission[]>>;
  /** Blue/green, by the kind of the service's smoke tests. */
  readonly smoke: Readonly<Record<'command' | 'job', readonly Permission[]>>;
  /** Services that have a Helm release. */
  readonly helm: readonly Permission[];
  /** Of these, services that `update: helm`. */
  readonly helmUpdate: readonly Permission[];
  /** Verbs on each kind that such a service's chart holds, besides the Deployment. */
  readonly chartObjectVerbs: readonly string[];
}

export const rightsParts: RightsParts = {
  release: [...releasePermissions, ...rollbackPermissions],
  diagnosis: diagnosisPermissions,
  diagnosisCluster: diagnosisClusterPermissions,
  tracks: [...trackPermissions, ...surroundingsPermissions],
  verification: {
    portForward: verificationPermissions('portForward'),
    proxy: verificationPermissions('proxy'),
    exec: verificationPermissions('exec'),
  },
  smoke: { command: smokePermissions([{ kind: 'command' }]), job: smokePermissions([{ kind: 'job' }]) },
  helm: helmReads,
  helmUpdate: helmWrites,
  chartObjectVerbs,
};
