/** Which target something is about, for lines of the log. */
import { optional } from './fields.ts';
import type { TargetRef } from './target.ts';

/** As workflows and activities are given it: the target as a whole, or its names. */
interface AboutTarget {
  readonly service?: unknown;
  readonly environment?: unknown;
  readonly target?: { readonly service?: unknown; readonly environment?: unknown };
}

/** What an input says of it: nothing, where it is of another shape. */
export function targetOfInput(input: unknown): Partial<TargetRef> {
  const about = (typeof input === 'object' ? input : undefined) as AboutTarget | null | undefined;
  return {
    ...optional('service', nameOf(about?.target?.service ?? about?.service)),
    ...optional('environment', nameOf(about?.target?.environment ?? about?.environment)),
  };
}

function nameOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const name = (given as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : undefined;
}

const holder = /^(?:incident:)?target:(?<service>[^:]+):(?<environment>[^:]+)(?::|$)/;

/** What the ID says of the workflow that holds a target, or that follows it: the inverse of `targetWorkflowId`. */
export function targetOfWorkflowId(workflowId: unknown): Partial<TargetRef> {
  const { service, environment } =
    (typeof workflowId === 'string' ? holder.exec(workflowId)?.groups : undefined) ?? {};
  return { ...optional('service', service), ...optional('environment', environment) };
}
