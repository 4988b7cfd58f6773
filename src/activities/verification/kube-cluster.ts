import type { KubeConfig } from '@kubernetes/client-node';
import http from 'node:http';
import https from 'node:https';
import type { ClusterClients } from '../kubernetes/clients.ts';
import type { VerificationCluster } from './cluster.ts';
import { openSocket } from './kube-socket.ts';

/** One cluster through the official client and, where that tells too little, its credentials. */
export function createVerificationCluster(
  clients: Pick<ClusterClients, 'apps' | 'core' | 'watch'>,
): VerificationCluster {
  const { apps, core } = clients;
  // The watch carries the kubeconfig with this cluster's context chosen.
  const kubeConfig = clients.watch.config;
  return {
    readDeployment: (namespace, name) => apps.readNamespacedDeployment({ namespace, name }),
    listReplicaSets: async (namespace, labelSelector) =>
      (await apps.listNamespacedReplicaSet({ namespace, labelSelector })).items,
    listPods: (namespace, labelSelector) => core.listNamespacedPod({ namespace, labelSelector }),
    request: async (path, { method, signal }) => {
      const url = serverUrl(kubeConfig, path);
      const options: https.RequestOptions = { method, signal };
      await kubeConfig.applyToHTTPSOptions(options);
      return new Promise((resolve, reject) => {
        const { request } = url.protocol === 'http:' ? http : https;
        request(url, options, (answer) => {
          resolve({ status: answer.statusCode ?? 0, body: answer });
        })
          .on('error', reject)
          .end();
      });
    },
    openSocket: (path, options) => openSocket(kubeConfig, serverUrl(kubeConfig, path), options),
  };
}

/** The server's address may itself have a path, as behind a cluster manager. */
function serverUrl(kubeConfig: KubeConfig, path: string): URL {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined)
    throw new Error(`no cluster in the kube context ${kubeConfig.getCurrentContext()}`);
  return new URL(server.replace(/\/+$/, '') + path);
}
