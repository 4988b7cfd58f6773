/** Questions to the Temporal server itself. Runs on the control task queue. */

export interface Holder {
  /** Workflow ID of the release, as the person who started it knows it. */
  readonly release: string;
  /** What the holder is for, for example `Shop 4.1.0 → production, requested by …`. */
  readonly description: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface TemporalActivities {
  /** Who holds a target now; `undefined` when it is free (the holder ended meanwhile). */
  describeHolder(input: { readonly workflowId: string }): Promise<Holder | undefined>;
}
