import type { Problem } from '../../domain/observation.ts';
import type { ClusterClients } from './clients.ts';
import { lookAtReferences } from './look-at-references.ts';
import type { References } from './references.ts';

/** One problem for each Secret and ConfigMap that is referenced and missing. Reads metadata only. */
export async function checkReferences(
  clients: ClusterClients,
  namespace: string,
  references: References,
): Promise<readonly Problem[]> {
  return (await lookAtReferences(clients, namespace, references))
    .filter(({ seen }) => seen.state === 'missing')
    .map(({ kind, name }) => ({
      rule: kind === 'Secret' ? 'secret-missing' : 'config-map-missing',
      message: `${kind} ${name}, which the workload references, does not exist in namespace ${namespace}: new pods would not start`,
      remedy: `create it, or mark the reference optional`,
    }));
}
