/** What the service accounts of a cluster did, as its API server recorded it. */
import { readFile } from 'node:fs/promises';

interface AuditEvent {
  readonly verb: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RecordedRequest {
  /** For example `patch apps deployments/scale`. */
  readonly right: string;
  readonly namespace: string;
  readonly forbidden: boolean;
}

/** Each right and namespace once. Questions about the account's own rights are everybody's, and left out. */
export async function recordedRequests(auditLog: string): Promise<readonly RecordedRequest[]> {
  // What follows the last line break is still being written.
  const lines = (await readFile(auditLog, 'utf8')).split('\n').slice(0, -1);
  const requests = lines.flatMap((line): RecordedRequest[] => {
    const { verb, objectRef, annotations = {} } = JSON.parse(line) as AuditEvent;
    if (objectRef === undefined || objectRef.resource.startsWith('selfsubject')) return [];
    const { apiGroup = '', resource, subresource, namespace = '' } = objectRef;
    return [
      {
        right: rightName(verb, apiGroup, subresource === undefined ? resource : `${resource}/${subresource}`),
        namespace,
        forbidden: annotations['authorization.k8s.io/decision'] === 'forbid',
      },
    ];
  });
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()];
}

export function rightName(verb: string, group: string, resource: string): string {
  return [verb, ...(group === '' ? [] : [group]), resource].join(' ');
}
