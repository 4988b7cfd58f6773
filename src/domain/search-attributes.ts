/** Search attributes: what lists in the Temporal UI can be filtered by. All of type Keyword. */
export const searchAttributeNames = {
  service: 'FairwayService',
  environment: 'FairwayEnvironment',
  version: 'FairwayVersion',
  strategy: 'FairwayStrategy',
  phase: 'FairwayPhase',
  outcome: 'FairwayOutcome',
  /** `wait target:shop:production`, while a release is in the queue of a target. */
  waitsFor: 'FairwayWaitsFor',
} as const;
