/** Nodes that say they are ready; KWOK renews their leases. */
import { annotations } from './annotations.ts';
import { annotation, isNotIn, stage } from './stage.ts';

export function nodeStages(): object[] {
  const readyCondition = '.status.conditions.[] | select( .type == "Ready" ) | .status';
  return [
    stage('node-initialize', 'Node', {
      when: [isNotIn(readyCondition, 'True'), isNotIn(annotation(annotations.absent), 'true')],
      delayMs: 0,
      status: `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
  message: {{ .message | Quote }}
  reason: {{ .reason | Quote }}
  status: {{ .status | Quote }}
  type: {{ .type | Quote }}
{{ end }}
addresses:
{{ with NodeIP }}
- {type: InternalIP, address: {{ . | Quote }}}
{{ end }}
- {type: Hostname, address: {{ NodeName | Quote }}}
daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
allocatable: {cpu: '16', memory: 64Gi, pods: '110'}
capacity: {cpu: '16', memory: 64Gi, pods: '110'}
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  kubeletVersion: kwok
  kubeProxyVersion: kwok
  containerRuntimeVersion: kwok
  kernelVersion: kwok
  osImage: simulated
  machineID: ''
  systemUUID: ''
  bootID: ''
phase: Running
`,
    }),
  ];
}
