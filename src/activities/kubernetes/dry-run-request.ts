/** One request with `dryRun=All`: what the API server would store, and what it says of it. */
import { Observable, type ConfigurationOptions, type ResponseContext } from '@kubernetes/client-node';
import type { Problem } from '../../domain/observation.ts';
import { messageOf, statusOf } from './failures.ts';
import { rawJson, type JsonObject } from './raw-json.ts';

export const dryRunAll = { dryRun: 'All' } as const;

export type Answer =
  | { readonly outcome: 'accepted'; readonly object: JsonObject; readonly warnings: readonly string[] }
  | { readonly outcome: 'refused'; readonly problem: Problem };

/** What an object's own fault, a policy and a quota are answered with. Rights were asked for before. */
const refusals = [400, 403, 422];

/** `what` is what would be written, for people. Throws every other error as it came. */
export async function ask(
  what: string,
  call: (options: ConfigurationOptions) => Promise<unknown>,
): Promise<Answer> {
  let warnings: readonly string[] = [];
  const keepWarnings = {
    pre: (request: Parameters<NonNullable<ConfigurationOptions['middleware']>[number]['pre']>[0]) =>
      new Observable(Promise.resolve(request)),
    post: (response: ResponseContext) => {
      warnings = warningsOf(response.headers['warning']);
      return new Observable(Promise.resolve(response));
    },
  };
  try {
    const object = await rawJson((options) =>
      call({ ...options, middleware: [...(options.middleware ?? []), keepWarnings] }),
    );
    return { outcome: 'accepted', object, warnings };
  } catch (error) {
    if (!refusals.includes(statusOf(error) ?? 0)) throw error;
    const problem = {
      rule: 'refused-by-api-server',
      message: `the API server would not take ${what}: ${messageOf(error)}`,
      remedy: 'change what refuses it (quota, policy, webhook) or the object itself',
    };
    return { outcome: 'refused', problem };
  }
}

/** `299 - "text"`, separated by commas; quotes within are escaped. */
function warningsOf(header = ''): readonly string[] {
  return [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );
}
