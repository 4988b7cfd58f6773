import { parseArgs } from 'node:util';

export type DemoStrategy = 'standard' | 'canary' | 'blueGreen';

export interface DemoArguments {
  readonly help: boolean;
  readonly strategy: DemoStrategy;
  /** Release a version that does not work. */
  readonly bad: boolean;
  /** End when the release has ended. */
  readonly exit: boolean;
}

export const demoHelp = `Releases TenSafe 4.0.0 → 4.1.0 on this machine: a real Temporal server, a real Kubernetes API, a real Helm;
only the containers are simulated.

Usage: npm run demo -- [options]

  --strategy standard|canary|blueGreen
            how the new version comes (default: standard); the demo's waits are seconds instead of minutes
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
      options: {
        strategy: { type: 'string' },
        bad: { type: 'boolean' },
        exit: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return {
      help: values.help === true,
      strategy: strategyOf(values.strategy),
      bad: values.bad === true,
      exit: values.exit === true,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} Try: npm run demo -- --help`);
  }
}

function strategyOf(written = 'standard'): DemoStrategy {
  const known = ['standard', 'canary', 'blueGreen'] as const;
  const found = known.find((each) => each === written);
  if (found === undefined)
    throw new Error(`--strategy must be one of ${known.join(', ')}, got "${written}".`);
  return found;
}
