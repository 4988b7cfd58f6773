/** Search attributes: what lists in the Temporal UI can be filtered by. All of type Keyword. */
export const searchAttributeNames = {
  service: 'FairwayService',
  environment: 'FairwayEnvironment',
  version: 'FairwayVersion',
  strategy: 'FairwayStrategy',
  phase: 'FairwayPhase',
  outcome: 'FairwayOutcome',
} as const;
