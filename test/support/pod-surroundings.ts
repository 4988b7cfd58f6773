/** What the kubelet would give a container of a pod: its variables, and the files of Secrets that it mounts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1PodSpec, V1SecretVolumeSource } from '@kubernetes/client-node';

export type SecretData = Readonly<Record<string, string>>;

/**
 * Variables of the first container, with paths of mounted Secrets in `folder`. Throws, in the words of the pod's
 * events, where the kubelet would not start it.
 */
export async function surroundingsOf(
  { containers: [container], volumes = [] }: V1PodSpec,
  secrets: Readonly<Record<string, SecretData>>,
  folder: string,
): Promise<Record<string, string>> {
  const dataOf = (name = ''): SecretData => {
    const data = secrets[name];
    if (data === undefined) throw new Error(`secret "${name}" not found`);
    return data;
  };
  const mounted: { readonly path: string; readonly at: string }[] = [];
  for (const { name, mountPath } of container?.volumeMounts ?? []) {
    const secret = volumes.find((volume) => volume.name === name)?.secret;
    if (secret === undefined) continue;
    const at = join(folder, name);
    await writeSecret(secret, dataOf(secret.secretName), at);
    mounted.push({ path: mountPath, at });
  }
  const here = (value: string): string => {
    const mount = mounted.find(({ path }) => value.startsWith(`${path}/`));
    return mount === undefined ? value : `${mount.at}${value.slice(mount.path.length)}`;
  };
  const environment: Record<string, string> = {};
  for (const { secretRef } of container?.envFrom ?? []) Object.assign(environment, dataOf(secretRef?.name));
  for (const { name, value = '', valueFrom } of container?.env ?? []) {
    const from = valueFrom?.secretKeyRef;
    environment[name] = from === undefined ? here(value) : keyOf(dataOf(from.name), from.key);
  }
  return environment;
}

/** Only the keys that are named, where some are. */
async function writeSecret({ items }: V1SecretVolumeSource, data: SecretData, at: string): Promise<void> {
  await mkdir(at, { recursive: true });
  for (const { key, path } of items ?? Object.keys(data).map((name) => ({ key: name, path: name })))
    await writeFile(join(at, path), keyOf(data, key));
}

function keyOf(data: SecretData, key: string): string {
  const value = data[key];
  if (value === undefined) throw new Error(`references non-existent secret key: ${key}`);
  return value;
}
