import { failWith } from './fail-with.ts';
import { runTests } from './run-tests.ts';

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  failWith(error);
}
