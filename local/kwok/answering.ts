import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { requestKinds } from './configuration.ts';

export interface AnsweringOptions {
  readonly bin: string;
  /** kwokctl's folder of the cluster. */
  readonly home: string;
  readonly port: number;
}

/**
 * The kubelets' ear: a second KWOK, which manages no node and answers port-forward, exec and log
 * requests for all of them. On its own because it may be started afresh at any time, which the
 * one that holds the nodes' leases and the pods' addresses may not.
 */
export function startAnswering({ bin, home, port }: AnsweringOptions): { readonly end: () => Promise<void> } {
  const certificate = join(home, 'pki', 'admin');
  const log = openSync(join(home, 'logs', 'kwok-answering.log'), 'a');
  const kwok = spawn(
    join(bin, 'kwok'),
    [
      `--kubeconfig=${join(home, 'kubeconfig.yaml')}`,
      `--config=${join(home, 'kwok.yaml')}`,
      `--server-address=127.0.0.1:${String(port)}`,
      `--tls-cert-file=${certificate}.crt`,
      `--tls-private-key-file=${certificate}.key`,
      `--enable-crds=${requestKinds.join(',')}`,
      '--manage-all-nodes=false',
      '--manage-single-node=none',
      '--node-lease-duration-seconds=0',
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  kwok.unref();
  return {
    end: async () => {
      const ended = once(kwok, 'exit');
      kwok.ref();
      kwok.kill('SIGKILL');
      await ended;
    },
  };
}
