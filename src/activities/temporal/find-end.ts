/** Whether a target has come to another end since: what was to be said of an earlier one may no longer be true. */
import { searchAttributeNames as attribute } from '../../domain/search-attributes.ts';
import type { EndQuestion, FoundEnd } from './types.ts';
import type { WorkflowLists } from './workflow-lists.ts';

const wentBack = `(${attribute.outcome}='rolledBack' AND ${attribute.strategy}='rollback')`;
const failedAndReturned = `(${attribute.outcome}='rolledBack' AND ${attribute.strategy}!='rollback')`;

const ends: Readonly<Record<EndQuestion['ended'], string>> = {
  well: `(${attribute.outcome}='released' OR ${wentBack})`,
  badly: `(${attribute.outcome} IN ('failed','rollbackFailed') OR ${failedAndReturned})`,
};

export async function findEnd(
  { service, environment, release, after, ended }: EndQuestion,
  lists: WorkflowLists,
): Promise<FoundEnd> {
  const here = `${attribute.service}='${service}' AND ${attribute.environment}='${environment}'`;
  const query = `${here} AND ${ends[ended]} AND CloseTime > '${after}'`;
  // Two, for one of them may be the release itself, whose ID is a person's and fits into no query.
  const found = await lists.list(query, 2);
  const other = found.find(({ workflowId }) => workflowId !== release);
  return other === undefined ? {} : { release: other.workflowId };
}
