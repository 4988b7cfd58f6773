/** `alerts` of a service: which alerts are its own. */
import { z } from 'zod';
import { matcherProblem } from '../domain/alerts-matchers.ts';
import type { AlertsSpec } from '../domain/alerts.ts';
import { expecting } from './expecting.ts';
import { text } from './names.ts';

const matcher = text('a matcher, for example service="shop"', 500).superRefine((written, context) => {
  const problem = matcherProblem(written);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

export const alertsSchema = z
  .strictObject(
    {
      matchers: z
        .array(matcher, expecting('a list of matchers'))
        .min(1, expecting('at least one matcher, for example service="shop"'))
        .default(['namespace="{{namespace}}"', 'service="{{service}}"'])
        .describe(
          "Matchers in Alertmanager's notation, all of which must match; with `{{namespace}}`, `{{service}}` and `{{deployment}}`.",
        ),
    },
    expecting('a mapping (alerts: {} takes those of its namespace and Service)'),
  )
  .describe(
    "Which of the alerts in the environment's `alertmanager` are this service's own: none may start during a bake, and the check `alerts` looks at them. Absent: nobody asks.",
  );

type AlertsEntry = z.output<typeof alertsSchema>;

/** `alertmanager` is the environment's. */
export function toAlerts({ matchers }: AlertsEntry, alertmanager: string): AlertsSpec {
  return { alertmanager, matchers };
}
