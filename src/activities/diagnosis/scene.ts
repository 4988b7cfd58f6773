import type { DiagnosisObservation } from '../../domain/diagnosis-observation.ts';
import type { ClusterClients } from '../kubernetes/clients.ts';
import type { VerificationCluster } from '../verification/cluster.ts';
import type { Looker } from './looker.ts';
import type { DiagnoseInput } from './types.ts';

export interface DiagnosisCluster {
  readonly clients: ClusterClients;
  /** Asks pods directly. */
  readonly verification: VerificationCluster;
}

export interface Scene {
  readonly cluster: DiagnosisCluster;
  readonly input: DiagnoseInput;
  readonly namespace: string;
  readonly name: string;
  readonly looker: Looker;
}

/** The part of the picture that belongs to the Deployment. */
export type Own = Omit<
  DiagnosisObservation,
  'at' | 'namespace' | 'deployment' | 'deploymentState' | 'service' | 'quotas' | 'nodes' | 'failure'
>;
