/** The worker's image: what its Dockerfile promises, also where no container engine is present. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { toolSets } from '../../local/tool-catalogue.mjs';
import { parseWorkerArguments } from '../../src/worker/arguments.ts';
import { parseDockerfile, pinned } from '../support/dockerfile.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFile(join(project, file), 'utf8');

describe('the Dockerfile', () => {
  test('takes each stage from a pinned image or an earlier stage', async () => {
    const stages = parseDockerfile(await read('Dockerfile'));
    expect(stages.length).toBeGreaterThan(1);
    const names = stages.map(({ name }) => name);
    for (const [index, { image }] of stages.entries()) {
      if (!names.slice(0, index).includes(image)) expect(image).toMatch(pinned);
    }
    const copied = stages.flatMap(({ instructions }) =>
      instructions.flatMap(({ name, rest }) => (name === 'COPY' ? [/--from=(\S+)/.exec(rest)?.[1]] : [])),
    );
    for (const from of copied) if (from !== undefined) expect(names).toContain(from);
  });

  test('ends as a user with a number that is not root’s, with a health check and a start that takes arguments', async () => {
    const last = parseDockerfile(await read('Dockerfile')).at(-1)!;
    const of = (wanted: string) =>
      last.instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);
    expect(of('USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const lastUser = last.instructions.findLastIndex(({ name }) => name === 'USER');
    expect(last.instructions.slice(lastUser).map(({ name }) => name)).not.toContain('RUN');
    expect(of('HEALTHCHECK')).toHaveLength(1);
    expect(of('HEALTHCHECK')[0]).toContain('http://127.0.0.1:8080/readyz');
    const [init, ends, ...worker] = JSON.parse(of('ENTRYPOINT')[0]!) as string[];
    expect(worker).toEqual(['node', '--enable-source-maps', '/app/dist/worker.js']);
    // Whoever is the first process has to reap what commands of smoke tests leave.
    expect([init, ends]).toEqual(['/usr/bin/tini', '--']);
    expect(of('RUN').join('\n')).toMatch(/apt-get install .*\btini\b/);
    const given = parseWorkerArguments(JSON.parse(of('CMD')[0]!) as string[]);
    expect(given.health?.port).toBe(8080);
  });

  test('builds helm from the version that the tests use, with a Go that is new enough', async () => {
    const helm = toolSets.find(({ name }) => name === 'helm')!;
    const stage = parseDockerfile(await read('Dockerfile')).find(({ name }) => name === 'helm')!;
    const asked = /^go (\d+\.\d+)/m.exec(await read('tools/helm/go.mod'))?.[1];
    expect(stage.image).toMatch(new RegExp(`^golang:${String(asked).replace('.', '[.]')}[.]`));
    expect(stage.instructions.map(({ rest }) => rest).join('\n')).toContain(helm.versionVariable);
  });

  test('copies only files that .dockerignore lets through', async () => {
    const allowed = (await read('.dockerignore'))
      .split('\n')
      .flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? []);
    const stages = parseDockerfile(await read('Dockerfile'));
    const copies = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'COPY'));
    const sources = copies
      .filter(({ rest }) => !rest.includes('--from='))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
    expect([...new Set(sources)].sort()).toEqual(allowed.sort());
  });
});
