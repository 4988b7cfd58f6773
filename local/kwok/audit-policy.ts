import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Records the requests of a namespace's service accounts. Answers the path of the file. */
export async function writeAuditPolicy(folder: string, namespace: string): Promise<string> {
  const file = join(folder, 'audit-policy.yaml');
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', userGroups: [`system:serviceaccounts:${namespace}`] }, { level: 'None' }],
  };
  await writeFile(file, JSON.stringify(policy));
  return file;
}
