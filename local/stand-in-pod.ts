/** One simulated pod: its server, its log, and the KWOK resources that lead requests there. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { containerLog } from './container-log.ts';
import { annotations } from './kwok/annotations.ts';
import {
  behaviourOfTag,
  behaviours,
  isBehaviourName,
  tagOf,
  type Behaviour,
  type BehaviourName,
} from './kwok/behaviours.ts';
import { startStandInServer } from './stand-in-server.ts';

const metricsPort = 9090;

export interface StandInPod {
  readonly behaviour: () => BehaviourName;
  /** To be called with each newer state of the pod. */
  readonly changed: (pod: V1Pod) => Promise<void>;
  /** PortForward, Exec and Logs of KWOK, owned by the pod. */
  readonly routes: readonly KubernetesObject[];
  readonly close: () => Promise<void>;
}

export async function startStandInPod(pod: V1Pod, folder: string): Promise<StandInPod> {
  const uid = pod.metadata?.uid ?? '';
  const podFolder = join(folder, uid);
  await mkdir(podFolder, { recursive: true });
  const logFile = join(podFolder, 'container.log');
  const log = containerLog(logFile);
  const version = tagOf(pod.spec?.containers[0]?.image ?? '');
  let behaviour = behaviourOf(pod);
  writeFirstLines(behaviour, version, log);
  for (const line of linesOf(pod)) log(line);
  const server = await startStandInServer({ version, behaviour: () => bent(behaviour, pod), log });
  // Read by curl in the "container": localhost there is this pod.
  await writeFile(
    join(podFolder, '.curlrc'),
    [
      `localhost:${String(metricsPort)}:127.0.0.1:${String(server.metricsPort)}`,
      `::127.0.0.1:${String(server.apiPort)}`,
    ]
      .map((route) => `connect-to = "${route}"\n`)
      .join(''),
  );
  const target = (port: number) => ({ target: { address: '127.0.0.1', port } });
  return {
    behaviour: () => behaviour,
    changed: (newer) => {
      behaviour = behaviourOf(newer);
      return server.setRunning(runs(behaviour));
    },
    routes: [
      route(pod, 'PortForward', {
        forwards: [{ ports: [metricsPort], ...target(server.metricsPort) }, target(server.apiPort)],
      }),
      route(pod, 'Exec', {
        execs: [{ local: { workDir: podFolder, envs: [{ name: 'CURL_HOME', value: podFolder }] } }],
      }),
      route(pod, 'Logs', { logs: [{ logsFile: logFile, previousLogsFile: logFile }] }),
    ],
    close: async () => {
      await server.setRunning(false);
      await rm(podFolder, { recursive: true, force: true });
    },
  };
}

function behaviourOf(pod: V1Pod): BehaviourName {
  const chosen = pod.metadata?.annotations?.[annotations.behaviour];
  return isBehaviourName(chosen) ? chosen : behaviourOfTag(tagOf(pod.spec?.containers[0]?.image ?? ''));
}

function runs(name: BehaviourName): boolean {
  const { fate }: Behaviour = behaviours[name];
  return fate === 'runs' || fate === 'neverReady';
}

function writeFirstLines(name: BehaviourName, version: string, log: (line: string) => void): void {
  log(`INFO starting version ${version}`);
  const { errorLines = 0 }: Behaviour = behaviours[name];
  for (let line = 0; line < errorLines; line += 1)
    log('ERROR cannot reach the key store: connection refused');
}

function linesOf(pod: V1Pod): readonly string[] {
  return textOf(pod, annotations.log)
    .split('\n')
    .filter((line) => line !== '');
}

/** What was chosen by name, and what its annotations put in its place. */
function bent(name: BehaviourName, pod: V1Pod): Behaviour {
  const behaviour: Behaviour = behaviours[name];
  const answers = textOf(pod, annotations.answers);
  if (answers === '') return behaviour;
  const more = JSON.parse(answers) as NonNullable<Behaviour['answers']>;
  return { ...behaviour, answers: { ...behaviour.answers, ...more } };
}

function textOf(pod: V1Pod, name: string): string {
  const text = pod.metadata?.annotations?.[name] ?? '';
  return text.startsWith('hex:') ? Buffer.from(text.slice(4), 'hex').toString('utf8') : text;
}

function route(pod: V1Pod, kind: 'PortForward' | 'Exec' | 'Logs', spec: object): KubernetesObject {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  const routeObject: KubernetesObject & { readonly spec: object } = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }] },
    spec,
  };
  return routeObject;
}
