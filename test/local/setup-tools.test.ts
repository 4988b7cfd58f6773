import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { buildInto, goEnvironment } from '../../local/build-tools.ts';
import { isSameVersion, toolsOnPath, versionIn } from '../../local/path-tools.ts';
import { judgeGo } from '../../local/prerequisites.mjs';
import { checkJars } from '../../local/test-server.ts';
import {
  buildFlags,
  cacheFolder,
  isOlder,
  pinnedVersion,
  requiredGo,
  testToolSets,
  toolFolder,
  toolSets,
} from '../../local/tool-catalogue.mjs';
import type { ToolName, ToolSet } from '../../local/tool-catalogue.mjs';
import { linkTools } from '../../local/tool-links.ts';
import { allTools, planTools } from '../../local/tools.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-tools-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const etcd = toolSets.find(({ name }) => name === 'etcd')!;

/** Executables that say what a release of that version says. */
async function pretend(tools: Partial<Record<ToolName, string>>): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const [tool, says] of Object.entries(tools)) {
    await writeFile(join(bin, tool), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  }
  return bin;
}

const said: [ToolName, string, string | undefined][] = [
  ['etcd', 'etcd Version: 3.6.5\nGit SHA: a061450\nGo Version: go1.24.7', '3.6.5'],
  ['kwok', 'kwok version v0.8.0 go1.26.8 (linux/amd64)', 'v0.8.0'],
  ['kwokctl', 'kwokctl version v0.8.0 go1.26.8 (linux/amd64)', 'v0.8.0'],
  ['kube-apiserver', 'Kubernetes v1.35.4', 'v1.35.4'],
  ['kube-scheduler', 'Kubernetes v1.35.4-gke.100', 'v1.35.4-gke.100'],
  ['kubectl', 'Client Version: v1.35.4\nKustomize Version: v5.7.1', 'v1.35.4'],
  ['temporal', 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', '1.5.1'],
  ['helm', 'v3.22.0+gabc1234', 'v3.22.0+gabc1234'],
  ['helm', 'Error: unknown flag: --short', undefined],
  ['kubectl', '', undefined],
  ['temporal-server', 'temporal version 1.32.0', '1.32.0'],
  ['temporal-sql-tool', 'temporal-sql-tool version 1.32.0', '1.32.0'],
];
test.each(said)('%s that says %j states version %s', (tool, output, stated) => {
  expect(versionIn(tool, output)).toBe(stated);
});

test.each([
  ['v3.22.0+gabc1234', 'v3.22.0', true],
  ['3.6.5', 'v3.6.5', true],
  ['v1.35.4-gke.100', 'v1.35.4', false],
  ['v1.35.4', 'v1.35.40', false],
  ['v3.22', 'v3.22.0', false],
  ['0.0.0-DEV', 'v1.5.1', false],
])('%s on PATH where %s is pinned is the same version: %s', (stated, pinned, same) => {
  expect(isSameVersion(stated, pinned)).toBe(same);
});

describe('a set of tools on PATH', () => {
  const version = pinnedVersion(etcd).slice(1);

  test('is used when it has the pinned version', async () => {
    const bin = await pretend({ etcd: `etcd Version: ${version}` });
    const found = await toolsOnPath(etcd, { PATH: bin });
    expect(found?.get('etcd')).toBe(join(bin, 'etcd'));
  });

  test('needs neither a build nor Go', async () => {
    const bin = await pretend({ etcd: `etcd Version: ${version}` });
    const { paths, jobs } = await planTools(['etcd'], { PATH: bin, XDG_CACHE_HOME: folder });
    expect(paths).toEqual({ etcd: join(bin, 'etcd') });
    expect(jobs).toEqual([]);
  });

  test('is not used in another version: then Go is asked for', async () => {
    const bin = await pretend({ etcd: 'etcd Version: 3.4.0' });
    const plan = planTools(['etcd'], { PATH: bin, XDG_CACHE_HOME: folder });
    await expect(plan).rejects.toThrow(/^Go is needed to build the pinned tools and was not found on PATH/);
  });

  test('is not used when one of them is missing', async () => {
    const kwok = toolSets.find(({ name }) => name === 'kwok')!;
    const bin = await pretend({ kwok: `kwok version ${pinnedVersion(kwok)}` });
    expect(await toolsOnPath(kwok, { PATH: bin })).toBeUndefined();
  });

  test('is not used when it cannot be run', async () => {
    const bin = await pretend({ etcd: `etcd Version: ${version}` });
    await chmod(join(bin, 'etcd'), 0o644);
    expect(await toolsOnPath(etcd, { PATH: bin })).toBeUndefined();
  });
});

test('what a single test needs is neither built nor asked for by the demo, and not in a Go that only it needs', () => {
  const names = (sets: ToolSet[]) => sets.flatMap(({ tools }) => tools);
  expect(allTools).toEqual(names(toolSets));
  expect(names(testToolSets).filter((name) => allTools.includes(name))).toEqual([]);
  expect(isOlder(requiredGo(testToolSets), requiredGo())).toBe(false);
});

test('a cached set is used as it is', async () => {
  const env = { PATH: '', XDG_CACHE_HOME: folder };
  const cached = join(toolFolder(etcd, env), 'bin', 'etcd');
  await mkdir(join(toolFolder(etcd, env), 'bin'), { recursive: true });
  await writeFile(cached, '', { mode: 0o755 });
  expect(await planTools(['etcd'], env)).toEqual({ paths: { etcd: cached }, jobs: [] });
});

describe('the folder of a cached set', () => {
  const env = { XDG_CACHE_HOME: '/cache' };

  test('is in Fairway’s own part of the user’s cache', () => {
    expect(toolFolder(etcd, env)).toMatch(/^\/cache\/fairway\/tools\/etcd-[0-9a-f]{16}$/);
  });

  test('is another one when the flags differ, and for every set', () => {
    const kubernetes = toolSets.find(({ name }) => name === 'kubernetes')!;
    const { versionVariable: _, ...plain } = kubernetes;
    const folders = [...toolSets, plain satisfies ToolSet].map((set) => toolFolder(set, env));
    expect(new Set(folders).size).toBe(toolSets.length + 1);
  });
});

test('a Kubernetes tool states the version that go.mod pins', () => {
  const kubernetes = toolSets.find(({ name }) => name === 'kubernetes')!;
  const version = pinnedVersion(kubernetes);
  expect(version).toMatch(/^v1\.\d+\.\d+$/);
  expect(buildFlags(kubernetes)).toEqual([
    '-trimpath',
    '-ldflags',
    `-s -w -X k8s.io/component-base/version.gitVersion=${version}`,
  ]);
});

test.each([
  ['linux', { HOME: '/home/a' }, '/home/a/.cache/fairway'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '/big' }, '/big/fairway'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: 'relative' }, '/home/a/.cache/fairway'],
  ['darwin', { HOME: '/Users/a' }, '/Users/a/Library/Caches/fairway'],
] as const)('on %s with %j the cache is %s', (platform, env, expected) => {
  expect(cacheFolder(env, platform)).toBe(expected);
});

test.each([
  { found: '1.26.0', toolchain: 'local', ok: true },
  { found: '1.27rc1', toolchain: 'local', ok: true },
  { found: '1.24.4', toolchain: 'local', ok: false },
  { found: '1.24.4', toolchain: 'auto', ok: true },
  { found: '1.24.4', toolchain: 'go1.24.4+auto', ok: true },
  { found: '1.24.4', toolchain: 'path', ok: false },
  { found: '1.19.8', toolchain: '', ok: false },
  { found: '', toolchain: '', ok: false },
])('Go "$found" with GOTOOLCHAIN=$toolchain can build what asks for 1.26: $ok', ({ ok, ...go }) => {
  const problem = judgeGo({ required: '1.26', ...go });
  expect(problem === undefined).toBe(ok);
  expect(problem ?? '1.26').toContain('1.26');
});

test('Go settings that would break or change the build are overruled, the others kept', () => {
  const env = goEnvironment({
    GOFLAGS: '-mod=vendor',
    GOWORK: '/a/go.work',
    GOOS: 'plan9',
    CGO_ENABLED: '1',
    GOPROXY: 'https://proxy.example.com',
  });
  expect(env).toEqual({
    GOFLAGS: '-mod=readonly',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    GO111MODULE: 'on',
    GOPROXY: 'https://proxy.example.com',
  });
});

describe('a cache folder', () => {
  const done = (target: string) => async () => (await readFile(join(target, 'done'), 'utf8')) !== '';

  test('appears whole, and what an interrupted build left beside it is removed', async () => {
    const target = join(folder, 'thing-1');
    await mkdir(`${target}.building-old`);
    await buildInto(
      target,
      () => false,
      () => {},
      (temporary) => writeFile(join(temporary, 'done'), 'yes'),
    );
    expect(await done(target)()).toBe(true);
    await expect(readFile(`${target}.building-old`)).rejects.toThrow('ENOENT');
  });

  test('does not appear when its build fails', async () => {
    const target = join(folder, 'thing-1');
    const build = buildInto(
      target,
      () => false,
      () => {},
      async (temporary) => {
        await writeFile(join(temporary, 'half'), '');
        throw new Error('no luck');
      },
    );
    await expect(build).rejects.toThrow('no luck');
    await expect(readFile(join(target, 'half'))).rejects.toThrow('ENOENT');
  });

  test('is built once when two want it at the same time', async () => {
    const target = join(folder, 'thing-1');
    let built = 0;
    const build = async (temporary: string) => {
      built += 1;
      await writeFile(join(temporary, 'done'), 'yes');
    };
    const both = [0, 0].map(() =>
      buildInto(
        target,
        () => built > 0,
        () => {},
        build,
      ),
    );
    await Promise.all(both);
    expect(built).toBe(1);
  });
});

test('fetched jars are refused when one was changed, added or left out', async () => {
  const list = join(folder, 'jars.sha256');
  const jars = join(folder, 'lib');
  await mkdir(jars);
  await writeFile(join(jars, 'a.jar'), 'a');
  // sha256 of "a"
  await writeFile(list, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.jar\n');
  await expect(checkJars(jars, list)).resolves.toBeUndefined();
  await writeFile(join(jars, 'b.jar'), 'b');
  await expect(checkJars(jars, list)).rejects.toThrow('jars.sha256: b.jar.');
  await rm(join(jars, 'b.jar'));
  await writeFile(join(jars, 'a.jar'), 'changed');
  await expect(checkJars(jars, list)).rejects.toThrow('jars.sha256: a.jar.');
  await rm(join(jars, 'a.jar'));
  await expect(checkJars(jars, list)).rejects.toThrow('jars.sha256: a.jar.');
});

test('all tools are linked into one folder, and linking again gives the same one', async () => {
  const paths = { helm: '/opt/helm', kubectl: '/opt/kubectl' };
  const linked = await linkTools(paths, folder);
  expect(await readlink(join(linked, 'helm'))).toBe('/opt/helm');
  expect(await linkTools(paths, folder)).toBe(linked);
  expect(await linkTools({ ...paths, helm: '/usr/bin/helm' }, folder)).not.toBe(linked);
});
