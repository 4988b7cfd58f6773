/** Rules of `incidents` that span several of its parts. They look at raw values. */
import { isMapping } from './mapping.ts';
import type { Finding, Path } from './problem.ts';

export function incidentRules(path: Path, incidents: unknown): Finding[] {
  if (!isMapping(incidents) || incidents['ticket'] !== undefined || incidents['webhook'] !== undefined)
    return [];
  if (incidents['postMortem'] === true)
    return [
      {
        path: [...path, 'postMortem'],
        atKey: true,
        message:
          'there is nowhere to put the draft. Give incidents a ticket or a webhook, or remove postMortem.',
      },
    ];
  return [
    {
      path,
      atKey: true,
      message: 'there is nowhere to write anything down. Give incidents a ticket or a webhook, or remove it.',
    },
  ];
}
