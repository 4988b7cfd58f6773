/**
 * One server and one log for all pods that the stand-in leaves alone: hundreds of pods need no hundreds of
 * servers to be healthy. They start as soon as it is known what becomes of them.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  ApiException,
  CoreV1Api,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type KubernetesObject,
  type V1Pod,
} from '@kubernetes/client-node';
import { containerLog } from '../../../local/container-log.ts';
import { annotations } from '../../../local/kwok/annotations.ts';
import { behaviourOfTag, tagOf } from '../../../local/kwok/behaviours.ts';

const tryAgainMs = 250;

interface Company {
  readonly stop: () => Promise<void>;
}

export async function startCompany(kube: KubeConfig, folder: string): Promise<Company> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end('{"status":"healthy"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const logsFile = join(folder, 'company.log');
  containerLog(logsFile)('INFO started');
  const objects = kube.makeApiClient(KubernetesObjectApi);
  await objects.create(
    clusterWide('ClusterPortForward', { forwards: [{ target: { address: '127.0.0.1', port } }] }),
  );
  await objects.create(clusterWide('ClusterLogs', { logs: [{ logsFile, previousLogsFile: logsFile }] }));

  const core = kube.makeApiClient(CoreV1Api);
  let stopped = false;
  const pods = makeInformer<V1Pod>(kube, '/api/v1/pods', () => core.listPodForAllNamespaces());
  const see = (pod: V1Pod): void => {
    if (!isWaiting(pod)) return;
    letStart(core, pod).catch((error: unknown) => {
      // It may have gone meanwhile; a server that is too busy is asked again, for no event will come of that.
      const isGone = error instanceof ApiException && error.code === 404;
      if (!isGone && !stopped) setTimeout(() => see(pod), tryAgainMs).unref();
    });
  };
  pods.on('add', see);
  pods.on('update', see);
  pods.on('error', () => {
    if (!stopped) void pods.start();
  });
  await pods.start();
  return {
    stop: async () => {
      stopped = true;
      await pods.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

function clusterWide(kind: string, spec: object): KubernetesObject {
  const object: KubernetesObject & { readonly spec: object } = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name: 'company' },
    spec,
  };
  return object;
}

function isWaiting({ metadata, spec }: V1Pod): boolean {
  const { annotations: found = {}, deletionTimestamp } = metadata ?? {};
  return (
    found[annotations.absent] === 'true' &&
    found[annotations.routed] === undefined &&
    deletionTimestamp === undefined &&
    spec?.nodeName !== undefined
  );
}

async function letStart(core: CoreV1Api, { metadata, spec }: V1Pod): Promise<void> {
  const { name = '', namespace = '' } = metadata ?? {};
  const behaviour = behaviourOfTag(tagOf(spec?.containers[0]?.image ?? ''));
  const body = {
    metadata: {
      annotations: {
        [annotations.behaviour]: behaviour,
        [annotations.routed]: 'true',
        ...(behaviour === 'slow-start' ? { [annotations.startDelay]: '8s' } : {}),
      },
    },
  };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  await core.patchNamespacedPod({ name, namespace, body }, merge);
}
