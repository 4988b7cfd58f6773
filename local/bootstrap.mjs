// The entry of `npm run demo`, `npm test` and `npm run verify`: plain JavaScript without dependencies, for it
// runs before anything is installed. It checks what the machine has, installs the npm packages when they are
// stale, then runs the command's TypeScript.
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const commands = {
  demo: { entry: 'demo.ts', node: '20.3.0', tests: false },
  test: { entry: 'test.ts', node: '20.3.0', tests: true },
  'test:real': { entry: 'test-real.ts', node: '20.3.0', tests: true },
  // The linters ask for a newer Node than Fairway itself.
  verify: { entry: 'verify.ts', node: '20.19.0', tests: true },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const [name = '', ...args] = process.argv.slice(2);
main().then(
  (code) => (process.exitCode = code),
  (/** @type {unknown} */ error) => {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  },
);

async function main() {
  const command = Object.entries(commands).find(([each]) => each === name)?.[1];
  if (!command) {
    throw new Error(`“${name}” is not a command: use one of ${Object.keys(commands).join(', ')}.`);
  }
  if (name === 'demo' && args.some((arg) => arg === '--help' || arg === '-h')) {
    const { demoHelp } = await import('./demo-help.mjs');
    process.stdout.write(demoHelp);
    return 0;
  }
  if (isOlderNode(process.versions.node, command.node)) {
    throw new Error(
      `Node ${process.versions.node} is too old: \`${name}\` needs Node ${command.node} or newer; install it, then run this again.`,
    );
  }
  // Loaded only now: an older Node may not even parse them.
  const { missingPrerequisites } = await import('./prerequisites.mjs');
  const { installPackages } = await import('./npm-packages.mjs');
  const tests = command.tests && !args.includes('--without-tests');
  // Whoever names tests needs what these need, which they say themselves.
  const allTests = tests && args.length === 0;
  const missing = missingPrerequisites({ tests, allTests });
  if (missing.length > 0) throw new Error(missing.join('\n'));
  await installPackages(root, say);
  return runTypeScript(join(root, 'local', command.entry), args);
}

/** @param {string} entry @param {string[]} entryArgs @returns {Promise<number>} its exit code */
async function runTypeScript(entry, entryArgs) {
  const { runChild } = await import('./run-child.mjs');
  // Before Node 20.6 there is only the older, louder way to load TypeScript.
  const loader =
    'register' in module ? ['--import', 'tsx'] : ['--no-warnings=ExperimentalWarning', '--loader', 'tsx'];
  return runChild(process.execPath, [...loader, entry, ...entryArgs], { cwd: root, stdio: 'inherit' });
}

/** @param {string} found @param {string} needed */
function isOlderNode(found, needed) {
  const [a = 0, b = 0, c = 0] = found.split('.').map(Number);
  const [x = 0, y = 0, z = 0] = needed.split('.').map(Number);
  return (a - x || b - y || c - z) < 0;
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
