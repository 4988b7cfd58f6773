/**
 * What a managed Temporal counts as billable actions, read from a history. From its pricing documentation;
 * heartbeats are not in histories.
 */
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;
type History = proto.temporal.api.history.v1.IHistory;

export function billableActions({ events }: History): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  const count = (what: string, actions = 1): void => {
    counted[what] = (counted[what] ?? 0) + actions;
  };
  for (const event of events ?? []) {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        // The start of a child is in the two of the workflow that starts it.
        if (!event.workflowExecutionStartedEventAttributes?.parentWorkflowExecution) count('start');
        break;
      case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        count('child', 2);
        break;
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        count('activity');
        break;
      case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
        // Attempts are numbered from 1.
        count('retry', (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
        break;
      case EventType.EVENT_TYPE_TIMER_STARTED:
        count('timer');
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        count('signal');
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
        count('update');
        break;
      case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
        count('search attributes');
        break;
      case EventType.EVENT_TYPE_MARKER_RECORDED:
        count('marker');
        break;
      default:
        break;
    }
  }
  return counted;
}

/** Of several workflows together. */
export function totalActions(histories: readonly History[]): number {
  return histories
    .flatMap((history) => Object.values(billableActions(history)))
    .reduce((sum, actions) => sum + actions, 0);
}
