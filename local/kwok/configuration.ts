/** The configuration file for `kwokctl create cluster`. */
import type { ClusterPorts } from './cluster-ports.ts';
import { nodeStages } from './node-stages.ts';
import { podStages, type PodTimes } from './pod-stages.ts';

/** Resources of KWOK that lead requests for pods somewhere: one pod's by name, or those of many. */
export const requestKinds = ['PortForward', 'Exec', 'Logs', 'ClusterPortForward', 'ClusterLogs'] as const;

/**
 * YAML documents (JSON is YAML). Everything listens on loopback only. `etcdPrefix` is nobody else's: should another
 * cluster's etcd answer in the place of this one's, neither sees the other. `auditPolicy` is a file.
 */
export function kwokConfiguration(
  ports: ClusterPorts,
  times: PodTimes,
  etcdPrefix: string,
  auditPolicy?: string,
): string {
  const cluster = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokctlConfiguration',
    metadata: { name: 'kwok' },
    options: {
      runtime: 'binary',
      bindAddress: '127.0.0.1',
      kubeApiserverPort: ports.apiServer,
      etcdPort: ports.etcd,
      etcdPeerPort: ports.etcdPeer,
      etcdPrefix,
      kubeControllerManagerPort: ports.controllerManager,
      kubeSchedulerPort: ports.scheduler,
      kwokControllerPort: ports.kwok,
      enableCRDs: [...requestKinds],
      ...(auditPolicy === undefined ? {} : { kubeAuditPolicy: auditPolicy }),
    },
    componentsPatches: [
      { name: 'etcd', extraArgs: [arg('unsafe-no-fsync', 'true')] },
      // Asked for because there may be no network but loopback, which the API server would not advertise.
      { name: 'kube-apiserver', extraArgs: [arg('advertise-address', '192.0.2.1')] },
      {
        name: 'kwok-controller',
        extraArgs: [{ ...arg('node-port', String(ports.kubelet)), override: true }],
      },
      // A leader that cannot renew its lease exits: without election they outlive an API server that is away.
      { name: 'kube-controller-manager', extraArgs: [arg('leader-elect', 'false')] },
      { name: 'kube-scheduler', extraArgs: [arg('leader-elect', 'false')] },
    ],
  };
  return [cluster, ...nodeStages(), ...podStages(times)]
    .map((each) => JSON.stringify(each, null, 1))
    .join('\n---\n');
}

function arg(key: string, value: string): object {
  return { key, value };
}
