import { parseDemoArguments } from './demo/arguments.ts';
import { runDemo } from './demo/run-demo.ts';
import { failWith } from './fail-with.ts';

try {
  process.exitCode = await runDemo(parseDemoArguments(process.argv.slice(2)));
} catch (error) {
  failWith(error);
}
// A question to Temporal may still be on its way; everything that matters is stopped.
process.exit();
