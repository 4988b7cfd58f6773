import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

const kubeconfigShape = z.object({
  clusters: z.tuple([z.object({ cluster: z.record(z.string(), z.unknown()) })]),
  users: z.tuple([z.object({ user: z.record(z.string(), z.unknown()) })]),
});

/** Writes the one cluster of a kubeconfig under several context names; the first becomes current. */
export async function writeKubeconfig(files: {
  readonly from: string;
  readonly to: string;
  readonly contexts: readonly string[];
}): Promise<void> {
  const { clusters, users } = kubeconfigShape.parse(parse(await readFile(files.from, 'utf8')));
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: clusters[0].cluster }],
    users: [{ name: 'local', user: users[0].user }],
    contexts: files.contexts.map((name) => ({ name, context: { cluster: 'local', user: 'local' } })),
    'current-context': files.contexts[0],
  };
  await writeFile(files.to, stringify(kubeconfig), { mode: 0o600 });
}
