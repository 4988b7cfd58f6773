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
