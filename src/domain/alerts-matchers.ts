/**
 * Matchers of alerts with placeholders. Each is taken apart, filled in and put together again, so that what is put
 * in cannot end its string, and stays itself in a regular expression.
 */
import type { AlertsSpec } from './alerts.ts';
import type { Target } from './target.ts';

const placeholders = ['namespace', 'service', 'deployment'] as const;
type Values = Readonly<Record<(typeof placeholders)[number], string>>;

/** `labels` in Alertmanager's notation, one a matcher, all values in double quotes. */
export type FilledMatchers =
  | { readonly ok: true; readonly matchers: readonly string[] }
  | { readonly ok: false; readonly problem: string };

export function fillMatchers({ matchers }: AlertsSpec, { service, environment }: Target): FilledMatchers {
  const values = {
    namespace: environment.namespace,
    service: service.kubernetesService,
    deployment: service.deployment,
  };
  const filled: string[] = [];
  for (const written of matchers) {
    const matcher = fill(written, values);
    if (!matcher.ok) return matcher;
    filled.push(matcher.text);
  }
  return { ok: true, matchers: filled };
}

/** What is wrong with a matcher, whatever the target; `undefined` when nothing is. */
export function matcherProblem(written: string): string | undefined {
  const matcher = fill(written, { namespace: 'n', service: 's', deployment: 'd' });
  return matcher.ok ? undefined : matcher.problem;
}

type Filled = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

const notation = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*([\s\S]*?)\s*$/;

function fill(written: string, values: Values): Filled {
  const [, label, operator, given] = notation.exec(written) ?? [];
  if (label === undefined || operator === undefined || given === undefined) {
    return { ok: false, problem: `no matcher: ${written}. One reads like service="shop"` };
  }
  const value = unquoted(given);
  if (value === undefined) {
    return { ok: false, problem: `the quotes of the matcher ${written} do not go together` };
  }
  const unknown = [...value.matchAll(placeholder)].find(([, name]) => !isPlaceholder(name));
  if (unknown !== undefined) {
    return {
      ok: false,
      problem: `there is no {{${unknown[1]}}}: there are ${placeholders.join(', ')}, in ${written}`,
    };
  }
  const put = value.replace(placeholder, (whole, name: string) => {
    if (!isPlaceholder(name)) return whole;
    return operator.endsWith('~') ? regexEscaped(values[name]) : values[name];
  });
  return { ok: true, text: `${label}${operator}"${quoted(put)}"` };
}

const placeholder = /\{\{\s*(\w+)\s*\}\}/g;

function isPlaceholder(name: string | undefined): name is keyof Values {
  return placeholders.some((known) => known === name);
}

/** A value in double quotes, or without any; `undefined` when it is neither. */
function unquoted(given: string): string | undefined {
  if (!given.startsWith('"')) return given.includes('"') ? undefined : given;
  const [, inside] = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(given) ?? [];
  return inside?.replace(/\\([n"\\])/g, (_whole, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

function quoted(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function regexEscaped(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
