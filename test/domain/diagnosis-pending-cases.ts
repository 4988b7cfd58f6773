import type { ClaimFact, DiagnosisObservation, NodeFact } from '../../src/domain/diagnosis-observation.ts';
import {
  aPod,
  containers,
  ended,
  events,
  now,
  refused,
  seconds,
  seen,
  unschedulable,
  waits,
  workload,
  type Case,
} from './diagnosis-observations.ts';

const fine = seen();
const podForbidden = 'pods "shop-server-abc-x" is forbidden: ';
const quotaFull = `${podForbidden}exceeded quota: small, requested: requests.cpu=500m, used: requests.cpu=1, limited: requests.cpu=1`;

const creation = {
  'service-account-missing': {
    hit: refused(
      'pods "a" is forbidden: error looking up service account shop-dev/robot: serviceaccount "robot" not found',
    ),
    miss: refused(quotaFull),
  },
  'priority-class-missing': {
    hit: refused(`${podForbidden}no PriorityClass with name gold was found`),
    miss: refused(quotaFull),
  },
  'quota-exceeded': { hit: refused(quotaFull), miss: refused(quotaFull, 2) },
  'quota-throttles': { hit: refused(quotaFull, 2), miss: refused(quotaFull) },
  'quota-needs-resources': {
    hit: refused(`${podForbidden}failed quota: small: must specify limits.cpu for: shop`),
    miss: refused(quotaFull),
  },
  'limit-range-violated': {
    hit: refused(`${podForbidden}maximum memory usage per Container is 64Mi, but limit is 256Mi`),
    miss: refused(quotaFull),
  },
  'pod-security-refused': {
    hit: refused(
      `${podForbidden}violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "shop" must set it)`,
    ),
    miss: refused(quotaFull),
  },
  'admission-unreachable': {
    hit: refused(
      'Internal error occurred: failed calling webhook "gate.example.com": failed to call webhook: Post "https://gate/": context deadline exceeded',
    ),
    miss: refused('admission webhook "gate.example.com" denied the request: no'),
  },
  'admission-denied': {
    hit: refused(
      'admission webhook "gate.example.com" denied the request: images must come from our registry',
    ),
    miss: refused(quotaFull),
  },
  'pod-creation-forbidden': {
    hit: refused(`${podForbidden}node selectors conflict with the namespace`),
    miss: refused(quotaFull),
  },
  'pod-invalid': {
    hit: refused('Pod "a" is invalid: spec.containers[0].image: Required value'),
    miss: refused(quotaFull),
  },
} satisfies Record<string, Case>;

const pull = (message: string): DiagnosisObservation => containers(waits('ErrImagePull', message));
const notFound = 'failed to resolve reference "example/shop:2": example/shop:2: not found';
const noSuchHost = 'dial tcp: lookup registry.example.com: no such host';
const pullSecret = (exists: boolean): DiagnosisObservation =>
  containers(waits('ErrImagePull', 'pull access denied, may require authorization'), {
    workload: workload({ pullSecrets: ['login'] }),
    missing: { state: 'seen', value: exists ? [] : [{ kind: 'Secret', name: 'login' }] },
  });

const image = {
  'image-name-invalid': {
    hit: containers(waits('InvalidImageName', "couldn't parse image name")),
    miss: pull(notFound),
  },
  'image-never-pull': { hit: containers(waits('ErrImageNeverPull')), miss: pull(notFound) },
  'image-wrong-platform': {
    hit: pull('no match for platform in manifest: not found'),
    miss: pull(notFound),
  },
  'pull-secret-missing': { hit: pullSecret(false), miss: pullSecret(true) },
  'image-pull-refused': { hit: pullSecret(true), miss: pull(notFound) },
  'image-not-found': { hit: pull(notFound), miss: pull(noSuchHost) },
  'registry-rate-limited': { hit: pull('429 Too Many Requests - toomanyrequests'), miss: pull(notFound) },
  'registry-unreachable': { hit: pull(noSuchHost), miss: pull(notFound) },
  'image-pull-failing': {
    hit: containers(waits('ImagePullBackOff', 'Back-off pulling image "example/shop:2"')),
    // The state says only that it waits; the event says why.
    miss: containers(waits('ImagePullBackOff', 'Back-off pulling image "example/shop:2"'), {
      events: events({ message: 'Failed to pull image "example/shop:2": example/shop:2: not found' }),
    }),
  },
} satisfies Record<string, Case>;

const config = (message: string, reason = 'CreateContainerConfigError'): DiagnosisObservation =>
  containers(waits(reason, message));

const configuration = {
  'secret-missing': {
    hit: config('secret "shop-secrets" not found'),
    miss: config('configmap "shop-config" not found'),
  },
  'secret-key-missing': {
    hit: config("couldn't find key DATABASE_URL in Secret shop-dev/shop-secrets"),
    miss: config('secret "shop-secrets" not found'),
  },
  'config-map-missing': {
    hit: containers(waits('ContainerCreating'), {
      events: events({
        reason: 'FailedMount',
        message: 'MountVolume.SetUp failed for volume "config" : configmap "shop-config" not found',
      }),
    }),
    miss: config('secret "shop-secrets" not found'),
  },
  'config-map-key-missing': {
    hit: config("couldn't find key mode in ConfigMap shop-dev/shop-config"),
    miss: config('configmap "shop-config" not found'),
  },
  'runs-as-root': {
    hit: config('container has runAsNonRoot and image will run as root (pod: "a", container: shop)'),
    miss: config('secret "shop-secrets" not found'),
  },
  'container-config-invalid': {
    hit: config('host path must be absolute'),
    miss: config('failed to sync secret cache: timed out waiting for the condition'),
  },
} satisfies Record<string, Case>;

const claim = (phase: ClaimFact['phase']): DiagnosisObservation =>
  unschedulable('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.', {
    claims: { state: 'seen', value: [{ name: 'data', phase, storageClass: 'fast' }] },
  });
const mount = (message: string, reason = 'FailedMount'): DiagnosisObservation =>
  containers(waits('ContainerCreating'), { events: events({ reason, message }) });

const volumes = {
  'claim-missing': { hit: claim('Missing'), miss: claim('Bound') },
  'claim-lost': { hit: claim('Lost'), miss: claim('Bound') },
  'claim-pending': {
    hit: claim('Pending'),
    // Bound on first use: it waits for the pod, which waits for room.
    miss: unschedulable('0/3 nodes are available: 3 Insufficient cpu.', {
      claims: { state: 'seen', value: [{ name: 'data', phase: 'Pending', storageClass: 'fast' }] },
    }),
  },
  'volume-elsewhere': {
    hit: unschedulable('0/3 nodes are available: 3 node(s) had volume node affinity conflict.'),
    miss: unschedulable("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."),
  },
  'volume-in-use': {
    hit: mount('Multi-Attach error for volume "pvc-1": already used by pod(s) a', 'FailedAttachVolume'),
    miss: mount('rpc error: mount failed: exit status 32'),
  },
  'volume-mount-failed': {
    hit: mount('rpc error: mount failed: exit status 32'),
    miss: mount('MountVolume.SetUp failed for volume "s" : secret "shop-secrets" not found'),
  },
} satisfies Record<string, Case>;

const node = (parts: Partial<NodeFact> = {}): NodeFact => ({
  name: 'n1',
  ready: true,
  unschedulable: false,
  pressures: [],
  taints: [],
  labels: {},
  allocatable: { cpu: '4', memory: '8Gi' },
  ...parts,
});
const said = (reason: string): DiagnosisObservation =>
  unschedulable(
    `0/3 nodes are available: ${reason}. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.`,
  );
const taintAndSelector = (labels: Record<string, string>): DiagnosisObservation =>
  unschedulable(
    "0/4 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 3 node(s) didn't match Pod's node affinity/selector.",
    {
      workload: workload({ nodeSelector: { pool: 'gpu' } }),
      nodes: {
        state: 'seen',
        value: [node({ name: 'gpu', labels, taints: ['dedicated=gpu:NoSchedule'] }), node()],
      },
    },
  );

const scheduling = {
  'no-nodes': { hit: unschedulable('no nodes available to schedule pods'), miss: said('3 Too many pods') },
  'nodes-not-ready': {
    hit: said('3 node(s) had untolerated taint {node.kubernetes.io/not-ready: }'),
    miss: said('3 node(s) had untolerated taint {dedicated: gpu}'),
  },
  'nodes-under-pressure': {
    hit: said('3 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }'),
    miss: said('3 Insufficient memory'),
  },
  'nodes-cordoned': {
    hit: said('3 node(s) were unschedulable'),
    miss: said('1 node(s) were unschedulable, 2 Insufficient cpu'),
  },
  'insufficient-cpu': {
    hit: said(
      '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu',
    ),
    miss: said('3 Insufficient memory'),
  },
  'insufficient-memory': { hit: said('3 Insufficient memory'), miss: said('3 Insufficient cpu') },
  'insufficient-resource': { hit: said('3 Insufficient example.com/gpu'), miss: said('3 Insufficient cpu') },
  'too-many-pods': { hit: said('3 Too many pods'), miss: said('3 Insufficient cpu') },
  'host-port-taken': {
    hit: said("3 node(s) didn't have free ports for the requested pod ports"),
    miss: said('3 Too many pods'),
  },
  'pod-affinity-unmet': {
    hit: said("3 node(s) didn't match pod anti-affinity rules"),
    miss: said("3 node(s) didn't match Pod's node affinity/selector"),
  },
  'topology-spread-unmet': {
    hit: said("3 node(s) didn't match pod topology spread constraints"),
    miss: said("3 node(s) didn't match Pod's node affinity/selector"),
  },
  // Three nodes were never meant for these pods; the one that is has the taint.
  'taint-untolerated': { hit: taintAndSelector({ pool: 'gpu' }), miss: taintAndSelector({ pool: 'web' }) },
  'node-selector-unmatched': {
    hit: taintAndSelector({ pool: 'web' }),
    miss: taintAndSelector({ pool: 'gpu' }),
  },
  unschedulable: { hit: said('3 node(s) had something new against it'), miss: said('3 Insufficient cpu') },
  'scheduler-silent': {
    hit: seen(
      { workload: workload({ scheduler: 'mine' }) },
      { pods: [notLookedAt(60)], deployment: { updated: 1 } },
    ),
    miss: seen({}, { pods: [notLookedAt(2)], deployment: { updated: 1 } }),
  },
  'sandbox-failing': {
    hit: containers(waits('ContainerCreating'), {
      events: events({ reason: 'FailedCreatePodSandBox', message: 'failed to assign an IP address' }),
    }),
    miss: containers(
      { ready: true, running: { startedAt: now } },
      { events: events({ reason: 'FailedCreatePodSandBox', message: 'failed to assign an IP address' }) },
    ),
  },
  'node-silent': {
    hit: seen(
      { places: [{ pod: 'shop-server-abc-1', node: 'n1', current: true }] },
      {
        pods: [aPod(1, { phase: 'Pending', containers: [], scheduled: placed(300) })],
        deployment: { updated: 1 },
      },
    ),
    miss: seen(
      { places: [{ pod: 'shop-server-abc-1', node: 'n1', current: true }] },
      {
        pods: [aPod(1, { phase: 'Pending', containers: [], scheduled: placed(5) })],
        deployment: { updated: 1 },
      },
    ),
  },
} satisfies Record<string, Case>;

function notLookedAt(age: number) {
  const { scheduled: _scheduled, ...pod } = aPod(1, { phase: 'Pending', containers: [] });
  return { ...pod, createdAt: now - age * seconds };
}

function placed(age: number) {
  return { status: 'True', reason: '', message: '', since: now - age * seconds } as const;
}

const nodesOf = (parts: Partial<NodeFact>): DiagnosisObservation =>
  seen({
    nodes: { state: 'seen', value: [node(parts)] },
    places: [{ pod: 'shop-server-abc-1', node: 'n1', current: true }],
  });
const failed = (reason: string | undefined): DiagnosisObservation =>
  seen(
    {},
    {
      pods: [aPod(1, { phase: 'Failed', containers: [], ...(reason === undefined ? {} : { reason }) })],
    },
  );
const disrupted = (reason: string): DiagnosisObservation =>
  seen(
    {},
    {
      pods: [
        aPod(1, { disrupted: { status: 'True', reason, message: 'it goes', since: now } }, { ready: true }),
      ],
    },
  );

const cluster = {
  'deployment-missing': {
    hit: gone('missing'),
    miss: gone('unseen'),
  },
  'pod-evicted': { hit: failed('Evicted'), miss: failed(undefined) },
  'pod-preempted': { hit: disrupted('PreemptionByScheduler'), miss: disrupted('EvictionByEvictionAPI') },
  'pod-disrupted': { hit: disrupted('EvictionByEvictionAPI'), miss: disrupted('PreemptionByScheduler') },
  'node-not-ready': { hit: nodesOf({ ready: false }), miss: nodesOf({ name: 'n2', ready: false }) },
  'node-pressure': {
    hit: nodesOf({ pressures: ['DiskPressure'] }),
    miss: nodesOf({ name: 'n2', pressures: ['DiskPressure'] }),
  },
} satisfies Record<string, Case>;

function gone(deploymentState: 'missing' | 'unseen'): DiagnosisObservation {
  const { rollout, workload: _workload, service: _service, ...rest } = seen();
  const { deployment: _deployment, newest: _newest, ...nothing } = rollout;
  return { ...rest, deploymentState, rollout: { ...nothing, pods: [] } };
}

export const pendingCases = {
  ...creation,
  ...image,
  ...configuration,
  ...volumes,
  ...scheduling,
  ...cluster,
  'crash-loop-back-off': {
    hit: containers(waits('CrashLoopBackOff', 'back-off')),
    miss: containers(ended(1)),
  },
} satisfies Record<string, Case>;

export const nothing = fine;
