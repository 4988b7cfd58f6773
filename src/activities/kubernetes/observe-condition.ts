import type { ConditionObservation } from '../../domain/rollout-observation.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: Date;
}

/** The condition of this type, if the object has it. */
export function observeCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): ConditionObservation | undefined {
  const condition = conditions?.find((each) => each.type === type);
  if (condition === undefined) return undefined;
  const { status, reason = '', message = '', lastTransitionTime } = condition;
  return {
    status: status === 'True' || status === 'False' ? status : 'Unknown',
    reason,
    message,
    since: timeOf(lastTransitionTime) ?? 0,
  };
}

/** Milliseconds since 1970. A list's times are Dates, a watch's are text. */
export function timeOf(time: Date | string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const milliseconds = new Date(time).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
