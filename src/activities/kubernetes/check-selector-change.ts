import type { Problem } from '../../domain/observation.ts';

type Labels = Readonly<Record<string, string>>;

interface WithSpec {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The Service moves before the pods do, so it must select those that run; unless it selects none of
 * them as it is.
 */
export function checkSelectorChange(
  service: WithSpec | undefined,
  deployment: WithSpec | undefined,
  wanted: unknown,
): readonly Problem[] {
  if (service === undefined || deployment === undefined || wanted === undefined) return [];
  const template = deployment.spec['template'] as { readonly metadata?: { readonly labels?: Labels } };
  const labels = template.metadata?.labels ?? {};
  const selects = (selector: unknown): boolean =>
    Object.entries(selector as Labels).every(([key, value]) => labels[key] === value);
  if (selects(wanted) || !selects(service.spec['selector'] ?? {})) return [];
  return [
    {
      rule: 'selector-would-select-nothing',
      message: `the backup's selector of Service ${service.metadata.name} selects none of the pods that run now: for the length of the rollout it would have no endpoints`,
      remedy: 'return to a revision, then set the selector by hand',
    },
  ];
}
