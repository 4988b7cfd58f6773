import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly help: boolean;
  /** Release a version that does not work. */
  readonly bad: boolean;
  /** End when the release has ended. */
  readonly exit: boolean;
}

export const demoHelp = `Releases TenSafe 4.0.0 → 4.1.0 on this machine: a real Temporal server, a real Kubernetes API, a real Helm;
only the containers are simulated.

Usage: npm run demo -- [options]

  --bad     release 4.1.1, which answers its health checks wrongly, and watch it being rolled back
  --exit    end when the release has ended, instead of staying up until Ctrl-C
  --help    this text

Exit codes with --exit: 0 when the release ended as it should (with --bad: rolled back), 1 when not.
`;

/** Throws an error with one clear sentence. */
export function parseDemoArguments(args: readonly string[]): DemoArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { bad: { type: 'boolean' }, exit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { help: values.help === true, bad: values.bad === true, exit: values.exit === true };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} Try: npm run demo -- --help`);
  }
}
