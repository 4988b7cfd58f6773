/** Go templates of what a kubelet would write into a pod's status. One line per container, as JSON. */
import { annotations } from './annotations.ts';

type ConditionStatus = 'True' | 'False';

/** Go-template expressions; each sees `$item` (the container's spec) and `$was` (its last status). */
export interface ContainerTemplate {
  readonly state: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  /** Default: as it was. */
  readonly lastState?: string;
  /** Default: as it was. */
  readonly restartCount?: string;
}

const imageId =
  '{{ regexReplaceAll "[:@][^/:@]+$" $item.image "" }}@sha256:' +
  `{{ sha256sum (printf "%s%s" $item.image (${annotationOr(annotations.build, '')})) }}`;

export function containerStatuses(template: ContainerTemplate): string {
  const restartCount = template.restartCount ?? '{{ or $was.restartCount 0 }}';
  const lastState = template.lastState ?? '{{ toJson (or $was.lastState dict) }}';
  return `
{{ $pod := . }}
{{ $now := Now }}
containerStatuses:
{{ range $index, $item := .spec.containers }}
{{ $was := dict }}
{{ if $pod.status.containerStatuses }}{{ $was = index $pod.status.containerStatuses $index }}{{ end }}
- name: {{ $item.name | Quote }}
  image: {{ $item.image | Quote }}
  imageID: ${imageId}
  containerID: kwok://{{ sha256sum (printf "%s/%s" $pod.metadata.uid $item.name) }}
  ready: ${String(template.ready ?? false)}
  started: ${String(template.started ?? false)}
  restartCount: ${restartCount}
  state: ${template.state}
  lastState: ${lastState}
{{ end }}
`;
}

export function readyConditions(ready: boolean): string {
  const status: ConditionStatus = ready ? 'True' : 'False';
  const why = ready
    ? `, reason: '', message: ''`
    : `, reason: ContainersNotReady, message: 'containers with unready status: [{{ range .spec.containers }}{{ .name }} {{ end }}]'`;
  return `
conditions:
- {type: Initialized, status: 'True', lastTransitionTime: {{ Now | Quote }}}
- {type: PodReadyToStartContainers, status: 'True', lastTransitionTime: {{ Now | Quote }}}
- {type: Ready, status: '${status}', lastTransitionTime: {{ Now | Quote }}${why}}
- {type: ContainersReady, status: '${status}', lastTransitionTime: {{ Now | Quote }}${why}}
`;
}

export const addresses = `
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
startTime: {{ Now | Quote }}
`;

export const initContainersDone = `
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ''
  ready: true
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}
{{ end }}
{{ end }}
`;

/** `message` may hold Go-template expressions; they must not yield line breaks. */
export function waiting(reason: string, message?: string): string {
  if (message === undefined) return `{waiting: {reason: ${reason}}}`;
  return `{waiting: {reason: ${reason}, message: {{ printf ${goFormat(message)} | Quote }}}}`;
}

export const running = '{running: {startedAt: {{ $now | Quote }}}}';

export function terminated(reason: string, exitCode: number | string, message = "''"): string {
  const startedAt = '{{ (or (or $was.state dict).running dict).startedAt | default $now | Quote }}';
  return `{terminated: {reason: ${reason}, exitCode: ${exitCode}, message: ${message}, startedAt: ${startedAt}, finishedAt: {{ $now | Quote }}}}`;
}

/** A Go-template expression inside `containerStatuses`: the pod's annotation, or this text. */
export function annotationOr(name: string, otherwise: string): string {
  return `or (index (or $pod.metadata.annotations dict) ${JSON.stringify(name)}) ${JSON.stringify(otherwise)}`;
}

/** `%image%` and `%container%` in a message become printf arguments. */
function goFormat(message: string): string {
  const args: string[] = [];
  const format = message.replaceAll(/%(image|container)%/g, (_, name: string) => {
    args.push(name === 'image' ? '$item.image' : '$item.name');
    return '%s';
  });
  return [JSON.stringify(format), ...args].join(' ');
}
