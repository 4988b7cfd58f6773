/**
 * Every rule of the diagnosis, in the order of telling. Its identifier is shown to people and used by tests;
 * the looks are in `diagnosis-{creation,configuration,image,volumes,scheduling,start,kill,log,exit,probe,traffic,
 * cluster,slow,surroundings,silence,checks,failed}.ts`.
 *
 * The weight decides first, the place in this table second:
 * - `cause`: the cluster itself says so, or it follows from facts alone.
 * - `likely`: read from logs, exit codes and answers; very probably so.
 * - `symptom`: true, and told only when no cause of the same thing was found.
 * - `aside`: slows or disturbs the rollout; explains no container that fails.
 * - `remainder`: as a symptom, and after what is aside: said of what is merely not done yet.
 * - `background`: explains nothing alone, and helps to decide.
 */
import type { Situation } from './diagnosis.ts';

export type Weight = 'cause' | 'likely' | 'symptom' | 'aside' | 'remainder' | 'background';

export interface RuleEntry {
  readonly situation: Situation;
  readonly weight: Weight;
  /** One line for people. */
  readonly meaning: string;
}

const entry = (situation: Situation, weight: Weight, meaning: string): RuleEntry => ({
  situation,
  weight,
  meaning,
});

export const diagnosisRules = {
  'deployment-missing': entry('cluster', 'cause', 'the Deployment does not exist'),
  'rollout-paused': entry('slow', 'cause', 'the Deployment is paused'),
  'no-replicas': entry('slow', 'cause', 'the Deployment is scaled to 0'),
  'template-changed': entry('slow', 'cause', 'the template holds another image than the one rolled out'),

  // The ReplicaSet cannot create its pods.
  'service-account-missing': entry('pending', 'cause', 'the pods name a ServiceAccount that does not exist'),
  'priority-class-missing': entry('pending', 'cause', 'the pods name a PriorityClass that does not exist'),
  'quota-exceeded': entry('pending', 'cause', 'a ResourceQuota has no room for the pods'),
  'quota-needs-resources': entry(
    'pending',
    'cause',
    'a ResourceQuota asks for requests or limits that are not set',
  ),
  'limit-range-violated': entry('pending', 'cause', 'a LimitRange forbids the requests or limits'),
  'pod-security-refused': entry('pending', 'cause', "the namespace's Pod Security level refuses the pods"),
  'admission-unreachable': entry('pending', 'cause', 'an admission webhook does not answer'),
  'admission-denied': entry('pending', 'cause', 'an admission webhook or policy refuses the pods'),
  'pod-creation-forbidden': entry('pending', 'cause', 'the cluster refuses to create the pods'),
  'pod-invalid': entry('pending', 'cause', 'the API server finds the pods invalid'),

  // A Secret, a ConfigMap or a key is missing: before images, as it is certain where it is seen.
  'secret-missing': entry('crashing', 'cause', 'a Secret that a container needs does not exist'),
  'secret-key-missing': entry('crashing', 'cause', 'a Secret has not the key that a container needs'),
  'config-map-missing': entry('crashing', 'cause', 'a ConfigMap that a container needs does not exist'),
  'config-map-key-missing': entry('crashing', 'cause', 'a ConfigMap has not the key that a container needs'),
  'runs-as-root': entry('crashing', 'cause', 'runAsNonRoot is asked for and the image runs as root'),
  'container-config-invalid': entry('crashing', 'cause', 'a container cannot be configured'),

  // Images.
  'image-name-invalid': entry('pending', 'cause', 'the image reference is not valid'),
  'image-never-pull': entry('pending', 'cause', 'the image is not on the node and may not be pulled'),
  'image-wrong-platform': entry('pending', 'cause', "the image does not exist for the node's platform"),
  'pull-secret-missing': entry('pending', 'cause', 'the image pull Secret does not exist'),
  'image-pull-refused': entry('pending', 'cause', 'the registry refuses the login, or the right to pull'),
  'image-not-found': entry('pending', 'cause', 'the registry does not have the image'),
  'registry-rate-limited': entry('pending', 'cause', 'the registry limits the rate of pulls'),
  'registry-unreachable': entry('pending', 'cause', 'the registry cannot be reached'),
  'image-pull-failing': entry('pending', 'symptom', 'the image cannot be pulled'),

  // Volumes.
  'claim-missing': entry('pending', 'cause', 'a PersistentVolumeClaim does not exist'),
  'claim-lost': entry('pending', 'cause', 'the volume of a PersistentVolumeClaim is gone'),
  'claim-pending': entry('pending', 'cause', 'a PersistentVolumeClaim has no volume yet'),
  'volume-elsewhere': entry(
    'pending',
    'cause',
    'a volume is bound to nodes or zones that cannot take the pod',
  ),
  'volume-in-use': entry('pending', 'cause', 'a volume is still attached to another node'),
  'volume-mount-failed': entry('pending', 'cause', 'a volume cannot be mounted'),

  // No node takes the pod; the most telling part of what the scheduler says decides.
  'no-nodes': entry('pending', 'cause', 'the cluster has no node'),
  'nodes-not-ready': entry('cluster', 'cause', 'the nodes that the pods may use are not ready'),
  'nodes-under-pressure': entry('cluster', 'cause', 'the nodes that the pods may use are short of something'),
  'nodes-cordoned': entry('slow', 'cause', 'the nodes that the pods may use are cordoned'),
  'insufficient-cpu': entry('pending', 'cause', 'no node has the CPU that the pods ask for'),
  'insufficient-memory': entry('pending', 'cause', 'no node has the memory that the pods ask for'),
  'insufficient-resource': entry('pending', 'cause', 'no node has another resource that the pods ask for'),
  'too-many-pods': entry('pending', 'cause', 'the nodes hold as many pods as they may'),
  'host-port-taken': entry('pending', 'cause', 'the host port is taken on every node'),
  'pod-affinity-unmet': entry('pending', 'cause', 'affinity or anti-affinity between pods leaves no node'),
  'topology-spread-unmet': entry('pending', 'cause', 'topology spread constraints leave no node'),
  'taint-untolerated': entry('pending', 'cause', 'the nodes have a taint that the pods do not tolerate'),
  'node-selector-unmatched': entry('pending', 'cause', 'no node has the labels that the pods ask for'),
  unschedulable: entry('pending', 'cause', 'no node takes the pods'),
  'scheduler-silent': entry('pending', 'cause', 'no scheduler has looked at the pods'),
  'sandbox-failing': entry('pending', 'cause', "the pod's sandbox or network cannot be made"),
  'node-silent': entry('cluster', 'cause', 'the node does nothing with pods that it was given'),

  // Containers that cannot start, or are killed.
  'exec-format-error': entry(
    'crashing',
    'cause',
    "the program is built for another platform than the node's",
  ),
  'command-not-found': entry('crashing', 'cause', 'the command is not in the image'),
  'command-not-executable': entry('crashing', 'cause', 'the command may not be executed'),
  'container-cannot-run': entry('crashing', 'cause', 'the container runtime cannot run the container'),
  'out-of-memory': entry('crashing', 'cause', 'a container is killed for memory'),
  'startup-probe-kills': entry('crashing', 'cause', 'the startup probe fails until the container is killed'),
  'liveness-probe-kills': entry('crashing', 'cause', 'the liveness probe fails and the container is killed'),

  // What the last lines of containers say that end by themselves, init containers too, or never become ready.
  'database-login-refused': entry('crashing', 'likely', 'the database refuses the login'),
  'database-unreachable': entry('crashing', 'likely', 'the database cannot be reached'),
  'migration-failed': entry('crashing', 'likely', 'a database migration fails or is missing'),
  'heap-exhausted': entry('crashing', 'likely', "the program reaches its own heap's limit"),
  'disk-full': entry('crashing', 'likely', 'no space is left on a device'),
  'port-in-use': entry('crashing', 'likely', 'the port is already in use'),
  'certificate-refused': entry('crashing', 'likely', 'a TLS certificate is not accepted'),
  'library-missing': entry('crashing', 'likely', 'the image lacks a module or library'),
  'permission-denied': entry('crashing', 'likely', 'a file, port or system call is not allowed'),
  'configuration-rejected': entry('crashing', 'likely', 'the program does not accept its configuration'),
  'dependency-unreachable': entry('crashing', 'likely', 'another service cannot be reached'),
  'init-container-failing': entry('crashing', 'symptom', 'an init container fails'),
  'application-error': entry('crashing', 'symptom', 'the program ends with an error of its own'),
  'segmentation-fault': entry('crashing', 'symptom', 'the program crashes in native code (139, 134)'),
  'killed-by-signal': entry('crashing', 'symptom', 'the container is killed from outside (137, 143)'),
  'exits-successfully': entry('crashing', 'symptom', 'the main process ends with 0, as if it were done'),
  'crash-loop-back-off': entry('crashing', 'symptom', 'a container keeps crashing'),

  // Containers that run and are not ready: the probe as defined against what answers.
  'probe-port-unknown': entry('unhealthy', 'cause', 'a probe names a port that the container has not'),
  'probe-wrong-scheme': entry(
    'unhealthy',
    'cause',
    'a probe speaks HTTP where HTTPS is served, or the reverse',
  ),
  'probe-wrong-port': entry('unhealthy', 'cause', 'a probe asks a port that does not answer; another does'),
  'probe-wrong-path': entry('unhealthy', 'cause', 'a probe asks a path that does not exist (404)'),
  'probe-unauthorized': entry('unhealthy', 'cause', 'the probed endpoint asks for a login (401, 403)'),
  'probe-error-answer': entry('unhealthy', 'likely', 'the probed endpoint answers an error (4xx, 5xx)'),
  'probe-refused': entry('unhealthy', 'likely', 'nothing listens on the probed port'),
  'probe-too-slow': entry('unhealthy', 'likely', "the probed endpoint is slower than the probe's timeout"),
  'probe-command-failing': entry('unhealthy', 'likely', "the probe's command fails in the container"),
  'check-failing': entry('unhealthy', 'symptom', 'ready pods fail a check of the service itself'),
  'readiness-gate-unmet': entry('unhealthy', 'cause', 'a readiness gate of the pods is not met'),
  'still-starting': entry('slow', 'remainder', 'the containers are within the time that their probes allow'),
  'readiness-failing': entry('unhealthy', 'symptom', 'a container runs and does not become ready'),

  // What the release itself judged, whatever the cluster's objects show.
  'check-failed': entry('unhealthy', 'symptom', 'a check of the release did not pass'),
  'alert-firing': entry('unhealthy', 'symptom', 'an alert of the service fires'),
  'analysis-failed': entry('unhealthy', 'symptom', 'the new version does worse in a metric, or on its pods'),

  // The Service.
  'service-missing': entry('traffic', 'cause', 'the Service does not exist'),
  'service-selects-nothing': entry('traffic', 'cause', "the Service's selector matches none of the pods"),
  'service-target-port-unknown': entry('traffic', 'cause', "the Service's targetPort is no port of the pods"),
  'no-ready-endpoints': entry('traffic', 'remainder', 'the Service has no ready endpoint'),

  // Pods that the cluster took away; the version is not to blame.
  'pod-evicted': entry('cluster', 'aside', 'a node put pods out'),
  'pod-preempted': entry('cluster', 'aside', 'pods gave way to more important ones'),
  'pod-disrupted': entry('cluster', 'aside', 'pods are being moved away, or their node is going'),

  // Slow, and still going.
  'quota-throttles': entry('slow', 'aside', 'a ResourceQuota lets fewer new pods start at a time'),
  'terminating-slowly': entry('slow', 'aside', 'old pods take long to end'),
  'image-pulling-slowly': entry('slow', 'aside', 'the image takes long to pull'),
  'min-ready-seconds': entry('slow', 'aside', 'ready pods must stay ready for minReadySeconds'),
  'controller-behind': entry('slow', 'aside', 'the Deployment controller has not acted on the change'),
  'surge-zero': entry('slow', 'aside', 'maxSurge 0: an old pod goes before each new one comes'),
  'progress-deadline-exceeded': entry('slow', 'remainder', 'no progress within progressDeadlineSeconds'),

  'memory-near-limit': entry('slow', 'background', 'containers use almost their memory limit'),
  'cpu-near-limit': entry('slow', 'background', 'containers use almost their CPU limit'),
  'node-memory-used-up': entry(
    'slow',
    'background',
    'a node with pods of this Deployment has hardly any memory left',
  ),
  'node-cpu-used-up': entry(
    'slow',
    'background',
    'a node with pods of this Deployment has hardly any CPU left',
  ),
  'node-not-ready': entry('cluster', 'background', 'a node with pods of this Deployment is not ready'),
  'node-pressure': entry(
    'cluster',
    'background',
    'a node with pods of this Deployment is short of something',
  ),
  'disruption-budget-blocks': entry(
    'slow',
    'background',
    'a PodDisruptionBudget lets no pod be moved, so that nodes cannot be emptied',
  ),
} as const satisfies Readonly<Record<string, RuleEntry>>;

export type DiagnosisRuleId = keyof typeof diagnosisRules;
