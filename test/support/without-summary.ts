/** Activities and timers that people see in the Temporal UI without a word of what they are about. */
import type proto from '@temporalio/proto';

export function withoutSummary({ events }: proto.temporal.api.history.v1.IHistory): readonly string[] {
  return (events ?? []).flatMap((event) => {
    const { activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer } = event;
    if (event.userMetadata?.summary) return [];
    if (activity) return [activity.activityType?.name ?? 'an activity'];
    return timer ? [`timer ${timer.timerId ?? ''}`] : [];
  });
}
