/** Search attributes: what lists in the Temporal UI can be filtered by. All of type Keyword. */
export const searchAttributeNames = {
  service: 'FairwayService',
  environment: 'FairwayEnvironment',
  version: 'FairwayVersion',
  strategy: 'FairwayStrategy',
  phase: 'FairwayPhase',
  outcome: 'FairwayOutcome',
  /** A gate, while a release waits at it; `wait target:shop:production`, while it is in the queue of a target. */
  waitsFor: 'FairwayWaitsFor',
} as const;

/**
 * Where a release waits for people or time; `soak`: for the environment that comes before, or an override;
 * `promote`: in the middle of a strategy, for that message.
 */
export const gates = ['approval', 'checklist', 'promote', 'soak', 'window'] as const;
export type Gate = (typeof gates)[number];
