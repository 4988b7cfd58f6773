/** One entry of `environments`. */
import { z } from 'zod';
import { approvalsSchema } from './approval-schema.ts';
import { checklistExpiry, checklistSchema } from './checklist-schema.ts';
import { duration } from './duration.ts';
import { expecting, oneOf } from './expecting.ts';
import { incidentsSchema } from './incidents-schema.ts';
import { baseUrl, labelName, slackChannel, text } from './names.ts';
import { pagingSchema } from './paging-schema.ts';
import { promotionSchema } from './promotion-schema.ts';
import { windowsSchema } from './window-schema.ts';

export const environmentSchema = z.strictObject(
  {
    cluster: text('the name of a kube context', 253).describe('kube context that reaches the cluster.'),
    namespace: labelName('namespace').describe('Where services live, unless a service says otherwise.'),
    taskQueue: text('the name of a task queue')
      .optional()
      .describe(
        "Task queue of the worker that holds this cluster's credentials. Default: `fairway-<environment>`.",
      ),
    approvals: approvalsSchema,
    strategy: oneOf(['standard', 'canary', 'blueGreen'])
      .default('standard')
      .describe('How a release goes here unless it says otherwise.'),
    whenHeld: oneOf(['reject', 'wait', 'supersede'])
      .default('reject')
      .describe(
        'What happens to a release whose target is held by another one: it is refused with the name of that one, waits in order of arrival, or asks that one to abort and goes next.',
      ),
    checklist: checklistSchema.optional(),
    checklistExpiry,
    windows: windowsSchema.optional(),
    slackChannel: slackChannel
      .optional()
      .describe(
        'Slack channel for announcements and outcomes, as "#name" or (better, for it outlives renaming and needs fewer scopes) its ID. Absent: nothing is posted.',
      ),
    prometheus: baseUrl
      .optional()
      .describe(
        "Base URL of Prometheus, as the cluster's worker reaches it. Absent: only what the pods show is judged.",
      ),
    alertmanager: baseUrl
      .optional()
      .describe(
        "Base URL of Alertmanager, as the cluster's worker reaches it. Absent: no alerts are asked for.",
      ),
    paging: pagingSchema.optional(),
    incidents: incidentsSchema.optional(),
    announcement: z
      .strictObject(
        {
          lead: duration({ from: '0s', to: '24h' })
            .prefault('15m')
            .describe('Time between the announcement and the start of the deployment.'),
        },
        expecting('a mapping with a lead'),
      )
      .optional()
      .describe('Announce a release before it starts. Absent: nothing is announced.'),
    promotion: promotionSchema.optional(),
  },
  expecting('a mapping with at least a cluster and a namespace'),
);

export type EnvironmentEntry = z.output<typeof environmentSchema>;
