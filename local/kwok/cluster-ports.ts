import { freePorts } from '../free-port.ts';

export interface ClusterPorts {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
  /** Where nodes answer port-forward, exec and log requests: `answering.ts`. */
  readonly kubelet: number;
}

/** Each preferred one if it is free, else any. */
export async function choosePorts(preferred: Partial<ClusterPorts> = {}): Promise<ClusterPorts> {
  const wanted: ClusterPorts = {
    ...{ apiServer: 0, etcd: 0, etcdPeer: 0, controllerManager: 0, scheduler: 0, kwok: 0, kubelet: 0 },
    ...preferred,
  };
  const names = Object.keys(wanted) as (keyof ClusterPorts)[];
  const ports = await freePorts(names.map((name) => wanted[name]));
  return Object.fromEntries(names.map((name, at) => [name, ports[at]])) as unknown as ClusterPorts;
}
