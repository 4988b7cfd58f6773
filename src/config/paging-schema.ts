/** `paging` of an environment: who is woken when a release goes wrong. */
import { z } from 'zod';
import type { PagingPolicy } from '../domain/paging.ts';
import { expecting, oneOf } from './expecting.ts';
import { apiUrl } from './names.ts';

export const pagingSchema = z
  .strictObject(
    {
      kind: oneOf(['pagerduty']).describe('The only one so far, through its Events API v2.'),
      url: apiUrl('https://events.eu.pagerduty.com')
        .default('https://events.pagerduty.com')
        .describe('Base URL of the Events API.'),
      on: z
        .array(oneOf(['failed', 'rollbackFailed']), expecting('a list of occasions'))
        .min(1, expecting('at least one occasion', 'Remove paging to wake nobody.'))
        .default(['failed', 'rollbackFailed'])
        .describe(
          'Which ends wake somebody: a release that failed (and was put back), or one that could not be put back.',
        ),
      changes: z
        .boolean(expecting('true or false'))
        .default(true)
        .describe(
          'The start of a release is told as a change event: PagerDuty shows it on the service and beside its incidents, and notifies nobody of it.',
        ),
      severity: oneOf(['critical', 'error', 'warning', 'info'])
        .default('error')
        .describe('Of a release that failed; one that could not be put back is always critical.'),
    },
    expecting('a mapping with a kind'),
  )
  .describe(
    'Who is woken when a release goes wrong. The routing key is `FAIRWAY_PAGERDUTY_ROUTING_KEY`. Absent: nobody.',
  );

type PagingEntry = z.output<typeof pagingSchema>;

export function toPaging({ url, on, changes, severity }: PagingEntry): PagingPolicy {
  return { url, on, changes, severity };
}
