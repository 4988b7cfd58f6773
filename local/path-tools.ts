import { execa } from 'execa';

import { findOnPath, isOlder, pinnedVersion } from './tool-catalogue.mjs';
import type { ToolName, ToolSet } from './tool-catalogue.mjs';

const PROBE_TIMEOUT_MS = 30_000;

const probes: Record<ToolName, { args: string[]; states: RegExp }> = {
  etcd: { args: ['--version'], states: /^etcd Version: (\S+)/m },
  kwok: { args: ['--version'], states: /^kwok version (\S+)/m },
  kwokctl: { args: ['--version'], states: /^kwokctl version (\S+)/m },
  'kube-apiserver': { args: ['--version'], states: /^Kubernetes (\S+)/m },
  'kube-controller-manager': { args: ['--version'], states: /^Kubernetes (\S+)/m },
  'kube-scheduler': { args: ['--version'], states: /^Kubernetes (\S+)/m },
  kubectl: { args: ['version', '--client'], states: /^Client Version: (\S+)/m },
  temporal: { args: ['--version'], states: /^temporal version (\S+)/m },
  helm: { args: ['version', '--short'], states: /^(v\S+)/m },
  'temporal-server': { args: ['--version'], states: /^temporal version (\S+)/m },
  'temporal-sql-tool': { args: ['--version'], states: /^temporal-sql-tool version (\S+)/m },
  // It states none: one on PATH is not known to be the pinned one.
  'compose-go': { args: ['-help'], states: /^compose-go version (\S+)/m },
};

/** The version that a tool's own output states, for example `v1.35.4`; undefined when it states none. */
export function versionIn(tool: ToolName, output: string): string | undefined {
  return probes[tool].states.exec(output)?.[1];
}

/** Same release: a leading v and build metadata (`+g1a2b3c4`) say nothing about it, a suffix (`-rc.1`) does. */
export function isSameVersion(stated: string, pinned: string): boolean {
  const [left, right] = [stated, pinned].map((each) => each.replace(/^v/, '').replace(/\+.*$/, ''));
  return left === right && left !== undefined && !isOlder(left, '0.0.1');
}

/** Paths of a set's tools when PATH has every one of them in the pinned version. */
export async function toolsOnPath(
  set: ToolSet,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Map<ToolName, string> | undefined> {
  const pinned = pinnedVersion(set);
  const found = new Map<ToolName, string>();
  for (const tool of set.tools) {
    const path = findOnPath(tool, env);
    if (!path) return undefined;
    const { stdout } = await execa(path, probes[tool].args, {
      env,
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: PROBE_TIMEOUT_MS,
    });
    const stated = versionIn(tool, stdout ?? '');
    if (!stated || !isSameVersion(stated, pinned)) return undefined;
    found.set(tool, path);
  }
  return found;
}
