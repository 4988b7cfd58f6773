/** The shop's chart in a repository that asks who reads it. */
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { toolsFolder } from '../cluster.ts';
import { listenLocally, type LocalServer } from '../local-server.ts';

export const repositoryUser = 'ana';

/** Serves the chart of this folder to `ana` with this password. */
export async function startChartRepository(chart: string, password: string): Promise<LocalServer> {
  const folder = `${chart}-repository`;
  const helm = join(toolsFolder(), 'helm');
  await mkdir(folder);
  await execa(helm, ['package', chart, '--destination', folder]);
  // Addresses within the index are relative to it.
  await execa(helm, ['repo', 'index', folder]);
  const expected = `Basic ${Buffer.from(`${repositoryUser}:${password}`).toString('base64')}`;
  return listenLocally((request, response) => {
    if (request.headers.authorization !== expected) return void response.writeHead(401).end();
    const file = join(folder, basename(request.url ?? ''));
    stat(file).then(
      () => createReadStream(file).pipe(response),
      () => response.writeHead(404).end(),
    );
  });
}
