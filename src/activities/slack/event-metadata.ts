/** The mark that a message carries, so that it can be recognised as the one about a certain event. */

const eventType = 'fairway_event';

export function eventMetadata(key: string) {
  return { event_type: eventType, event_payload: { key } };
}

/** The key of a message read back from Slack; `undefined` when it is not one of ours. */
export function eventOf(message: unknown): string | undefined {
  const { metadata } = message as {
    readonly metadata?: {
      readonly event_type?: unknown;
      readonly event_payload?: { readonly key?: unknown };
    };
  };
  const key = metadata?.event_type === eventType ? metadata.event_payload?.key : undefined;
  return typeof key === 'string' ? key : undefined;
}
