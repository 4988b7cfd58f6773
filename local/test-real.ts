import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { failWith } from './fail-with.ts';
import { runTests } from './run-tests.ts';

const help = `npm run test:real -- --kubeconfig FILE [-- Jest's own arguments]

Releases real pods under a steady load on their Service, and fails when one request does.
The cluster: one whose Services this machine reaches at their cluster IP (a one-node cluster on it).
The images: those of test/real/cases.ts, made of test/real/server.mjs (see test/real/Dockerfile) and
already on the node, for example tensafe/server:4.0.0.
`;

try {
  const { values, positionals } = parseArgs({
    options: { kubeconfig: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help === true) process.stdout.write(help);
  else process.exitCode = await run(values.kubeconfig, positionals);
} catch (error) {
  failWith(error);
}

async function run(kubeconfig: string | undefined, jestArguments: string[]): Promise<number> {
  if (kubeconfig === undefined) throw new Error(`--kubeconfig is missing.\n\n${help}`);
  await access(kubeconfig);
  process.env['FAIRWAY_TEST_KUBECONFIG'] = kubeconfig;
  // `npm test` leaves these out; here they are all there is.
  return runTests(['--testPathIgnorePatterns=/node_modules/', '--runInBand', 'test/real', ...jestArguments]);
}
