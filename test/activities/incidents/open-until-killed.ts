/** Stands for a worker that is killed after GitHub opened the issue and before it said so. */
import { incidentNow, openTicket } from './bench.ts';

const [url = '', key = '', startedAt = ''] = process.argv.slice(2);
await openTicket(url, incidentNow({ facts: { key, startedAt } }), { timeout: 60_000 });
