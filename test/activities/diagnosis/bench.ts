/** A run of the activity as a worker would make it, on a target of the test cluster. */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { KubeConfig } from '@kubernetes/client-node';
import { createDiagnosisActivities } from '../../../src/activities/diagnosis/index.ts';
import type { DiagnoseInput } from '../../../src/activities/diagnosis/types.ts';
import { createClusterClients } from '../../../src/activities/kubernetes/clients.ts';
import { createVerificationCluster } from '../../../src/activities/verification/kube-cluster.ts';
import type { DiagnosisReport } from '../../../src/domain/diagnosis.ts';
import type { Target } from '../../../src/domain/target.ts';
import { aTarget } from '../../support/a-target.ts';

export function targetIn(namespace: string): Target {
  return aTarget({
    environment: { namespace, cluster: 'test-cluster' },
    service: { deployment: 'tensafe-server', container: 'tensafe', kubernetesService: 'tensafe-server' },
  });
}

export async function diagnose(
  config: KubeConfig,
  input: Omit<DiagnoseInput, 'seconds'> & { readonly seconds?: number },
  environment = new MockActivityEnvironment(),
): Promise<DiagnosisReport> {
  const activities = createDiagnosisActivities({
    clusterOf: () => {
      const clients = createClusterClients(config, config.getCurrentContext());
      return { clients, verification: createVerificationCluster(clients) };
    },
  });
  return (await environment.run(activities.diagnose, { seconds: 120, ...input })) as DiagnosisReport;
}
