import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { versions } from './real-versions.ts';
import { failWith } from './fail-with.ts';
import { runTests } from './run-tests.ts';
import { findOnPath } from './tool-catalogue.mjs';

const help = `npm run test:real -- --kubeconfig FILE [--prometheus FILE] [-- Jest's own arguments]

Releases real pods under a steady load on their Service, and fails when a request is lost or goes astray.
The cluster: one whose Services and pods this machine reaches at their addresses (a one-node cluster on it).
The images, made of test/real/server.mjs (see test/real/Dockerfile) and already on the node:
${Object.values(versions)
  .map((version) => `  tensafe/server:${version}`)
  .join('\n')}
Prometheus: the program; where there is none on PATH either, what it would judge is left out.
`;

const options = {
  kubeconfig: { type: 'string' },
  prometheus: { type: 'string' },
  help: { type: 'boolean' },
} as const;

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help === true) process.stdout.write(help);
  else process.exitCode = await run(values, positionals);
} catch (error) {
  failWith(error);
}

async function run(
  given: { readonly kubeconfig?: string | undefined; readonly prometheus?: string | undefined },
  jestArguments: string[],
): Promise<number> {
  const { kubeconfig, prometheus = findOnPath('prometheus') } = given;
  if (kubeconfig === undefined) throw new Error(`--kubeconfig is missing.\n\n${help}`);
  for (const file of [kubeconfig, prometheus]) if (file !== undefined) await access(file);
  process.env['FAIRWAY_TEST_KUBECONFIG'] = kubeconfig;
  if (prometheus !== undefined) process.env['FAIRWAY_TEST_PROMETHEUS'] = prometheus;
  // `npm test` leaves these out; here they are all there is.
  return runTests(['--testPathIgnorePatterns=/node_modules/', '--runInBand', 'test/real', ...jestArguments]);
}
