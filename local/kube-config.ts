import { createConfiguration, KubeConfig, ServerConfiguration } from '@kubernetes/client-node';
import { keptConnections } from '../src/activities/kubernetes/kept-connections.ts';

type Make = KubeConfig['makeApiClient'];

/** A kubeconfig whose clients share their connections, as the worker's do: a handshake for each request adds up. */
class KeptKubeConfig extends KubeConfig {
  private readonly authentication = keptConnections(this);

  override makeApiClient: Make = (type) =>
    new type(
      createConfiguration({
        baseServer: new ServerConfiguration(this.getCurrentCluster()?.server ?? '', {}),
        authMethods: { default: this.authentication },
      }),
    );
}

/** @param kubeconfig path of the file */
export function loadKubeConfig(kubeconfig: string): KubeConfig {
  const config = new KeptKubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}
