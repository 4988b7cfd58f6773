/** Questions to systems that can tell whether something is done. Runs on the control task queue; changes nothing. */
import type { ChecklistSighting, CodeRepository, SystemItem } from '../../domain/checklist.ts';

export interface LookAtChecklistInput {
  /** Name of the service. */
  readonly service: string;
  /** Absent: nobody knows where its source is. */
  readonly repository?: CodeRepository;
  readonly version: string;
  readonly items: readonly SystemItem[];
}

export interface ChecklistActivities {
  /**
   * One sighting for each item, in their order. A system that is away, slow, or keeps this worker out makes
   * its items `unknown`; only a cancellation throws.
   */
  lookAtChecklist(input: LookAtChecklistInput): Promise<readonly ChecklistSighting[]>;
}
