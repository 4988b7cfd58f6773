/** What Temporal recorded of the release that held a lane's target last. */
import type { Bench } from './bench.ts';
import type { Call } from './fault.ts';
import type { Lane } from './lane.ts';

interface Record {
  readonly call: Call;
  /** Milliseconds since the epoch; absent while it was not completed. */
  readonly completedAt: number | undefined;
}

export async function callsOf(bench: Bench, lane: Lane): Promise<readonly Call[]> {
  return (await recordsOf(bench, lane)).map(({ call }) => call);
}

/** Its first verification looks at green. */
export async function greenWasTestedAt(bench: Bench, lane: Lane): Promise<number> {
  const records = await recordsOf(bench, lane);
  return records.find(({ call }) => call === 'verifyTarget:1')?.completedAt ?? Infinity;
}

async function recordsOf({ client }: Bench, { lock }: Lane): Promise<readonly Record[]> {
  const { events } = await client.workflow.getHandle(lock).fetchHistory();
  const counts = new Map<string, number>();
  return (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    const activity = scheduled?.activityType?.name;
    if (typeof activity !== 'string') return [];
    const count = (counts.get(activity) ?? 0) + 1;
    counts.set(activity, count);
    const completed = (events ?? []).find(({ activityTaskCompletedEventAttributes: each }) =>
      eventId?.eq(each?.scheduledEventId ?? 0),
    );
    const at = completed?.eventTime;
    return [
      {
        call: `${activity}:${count}` as Call,
        completedAt:
          at === null || at === undefined ? undefined : Number(at.seconds) * 1_000 + (at.nanos ?? 0) / 1e6,
      },
    ];
  });
}
