/** Whether somebody chose this version for this moment, or a schedule starts whatever there is. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import type { ReleaseRequest } from '../domain/release-request.ts';
import type { StandardDeploymentRequest } from '../domain/request.ts';

const scheduledById = defineSearchAttributeKey('TemporalScheduledById', SearchAttributeType.KEYWORD);

/** ID of the schedule that started this release; Temporal tells it, whoever made the schedule. */
export function scheduledBy(): string | undefined {
  const { parent, memo, typedSearchAttributes } = workflowInfo();
  // The workflow that holds the target has it from the one that a schedule started.
  return parent === undefined
    ? typedSearchAttributes.get(scheduledById)
    : (memo?.['schedule'] as string | undefined);
}

/** The request, marked when a version that runs already is no mistake of anybody. */
export function attended<R extends StandardDeploymentRequest & Pick<ReleaseRequest, 'versionFrom'>>(
  request: R,
): R {
  const chosen = request.versionFrom === undefined && scheduledBy() === undefined;
  return chosen ? request : { ...request, unattended: true };
}
