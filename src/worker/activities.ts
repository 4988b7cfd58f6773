/** All activities of one worker process, made from its clients. */
import { dirname } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Client } from '@temporalio/client';
import { createAlertReader } from '../activities/alerting/alertmanager.ts';
import { createAnalysisActivities } from '../activities/analysis/index.ts';
import { createGithub } from '../activities/checklist/github.ts';
import { createChecklistActivities } from '../activities/checklist/index.ts';
import { createPagerDuty } from '../activities/checklist/pagerduty.ts';
import { createConfigurationActivities } from '../activities/configuration/index.ts';
import { createGithubClient } from '../activities/github-client.ts';
import { createDiagnosisActivities } from '../activities/diagnosis/index.ts';
import { createHelmActivities, createHelmReader } from '../activities/helm/index.ts';
import { helmPermissions } from '../activities/helm/permissions.ts';
import { createIncidentActivities } from '../activities/incidents/index.ts';
import { createClusterClients } from '../activities/kubernetes/clients.ts';
import { createDryRunActivities } from '../activities/kubernetes/dry-run-activities.ts';
import { createKubernetesActivities } from '../activities/kubernetes/index.ts';
import { createRollbackActivities } from '../activities/kubernetes/rollback-activities.ts';
import { leavingRevision } from '../activities/kubernetes/left-revisions.ts';
import { readRunning } from '../activities/kubernetes/running.ts';
import { trackPermissions } from '../activities/kubernetes/track-permissions.ts';
import { createTrackActivities } from '../activities/kubernetes/tracks.ts';
import { createPagingActivities } from '../activities/paging/index.ts';
import { createSlackActivities, type SlackLog } from '../activities/slack/index.ts';
import { createSlackClient } from '../activities/slack/slack-client.ts';
import { createSmokeActivities } from '../activities/smoke/index.ts';
import { smokePermissions } from '../activities/smoke/permissions.ts';
import { createTemporalActivities } from '../activities/temporal/index.ts';
import { createRunningWorkflowReader } from '../activities/temporal/running-workflows.ts';
import { createWorkflowLists } from '../activities/temporal/workflow-lists.ts';
import { createAnalysisCluster } from '../activities/verification/analysis-cluster.ts';
import { createVerificationActivities } from '../activities/verification/index.ts';
import { createVerificationCluster } from '../activities/verification/kube-cluster.ts';
import { openPortForward } from '../activities/verification/port-forward.ts';
import { verificationPermissions } from '../activities/verification/permissions.ts';
import { createWindowActivities } from '../activities/windows/index.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Secrets } from '../config/secrets.ts';
import { optional } from '../domain/fields.ts';

export interface ControlDeps {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  readonly client: Client;
  readonly log: SlackLog;
}

export interface ClusterDeps {
  readonly kubeConfig: KubeConfig;
  /** kubeconfig for helm; its own rules when absent. */
  readonly kubeconfigPath?: string;
  /** Path of helm, or `helm` to find it on PATH. */
  readonly helm: string;
  readonly secrets?: Pick<Secrets, 'helmRepository'>;
  /** Path of fairway.yaml: commands of smoke tests run in its folder. */
  readonly configFile: string;
}

/** Activities of the control task queue: no cluster's credentials. */
export function controlActivities({ configuration, secrets, client, log }: ControlDeps) {
  const temporal = createTemporalActivities({
    workflows: createRunningWorkflowReader(client),
    lists: createWorkflowLists(client),
  });
  const github = createGithubClient({ ...configuration.codeHost, ...optional('token', secrets.github) });
  return {
    ...createConfigurationActivities({ configuration }),
    ...createWindowActivities({ windowsOf: configuration.windowsOf, now: Date.now }),
    ...temporal,
    ...createChecklistActivities({
      codeHost: createGithub(github),
      onCall: onCallSystem(configuration, secrets),
      findVerified: temporal.findVerified,
    }),
    ...createPagingActivities({ http: fetch, routingKey: secrets.pagerdutyRoutingKey, log }),
    ...createIncidentActivities({
      // Anybody may look at what is public; nobody opens a ticket without a name.
      github: secrets.github === undefined ? undefined : github,
      webhookOf: configuration.webhookOf,
      webhookSecret: secrets.webhook,
      http: fetch,
    }),
    ...createSlackActivities({
      client: secrets.slack === undefined ? undefined : createSlackClient(secrets.slack),
      log,
    }),
  };
}

/** Which of the two is missing decides what a person does about it. */
function onCallSystem({ onCall }: Configuration, { pagerduty }: Secrets) {
  if (onCall === undefined)
    return { absentBecause: 'fairway.yaml names no on-call system', remedy: 'Give the file an onCall part' };
  if (pagerduty === undefined)
    return {
      absentBecause: 'this worker has no token for PagerDuty',
      remedy: 'Put a REST API key into FAIRWAY_PAGERDUTY_TOKEN and restart the worker',
    };
  return createPagerDuty({ ...onCall, http: fetch, token: pagerduty });
}

/** Activities of an environment's task queue: they hold its cluster's credentials. */
export function clusterActivities({ kubeConfig, kubeconfigPath, helm, secrets, configFile }: ClusterDeps) {
  const helmDeps = {
    binary: helm,
    ...optional('kubeconfig', kubeconfigPath),
    ...optional('repositoryPassword', secrets?.helmRepository),
  };
  const clusters = remembered((context) => createClusterClients(kubeConfig, context));
  const readAlerts = createAlertReader(fetch);
  const verificationClusters = remembered((context) => createVerificationCluster(clusters(context)));
  return {
    ...createKubernetesActivities({
      clusters,
      helm: createHelmReader(helmDeps),
      furtherPermissions: ({ service }, strategy) => [
        ...helmPermissions({ service }),
        ...verificationPermissions(service.verification.reach),
        ...(strategy === 'canary' || strategy === 'blueGreen' ? trackPermissions : []),
        ...(strategy === 'blueGreen' ? smokePermissions(service.blueGreen?.smokeTests ?? []) : []),
      ],
    }),
    ...createRollbackActivities({ clusters, helm: createHelmReader(helmDeps) }),
    ...createTrackActivities({ clusters }),
    ...createDryRunActivities({ clusters, helm: createHelmReader(helmDeps) }),
    ...createHelmActivities({
      ...helmDeps,
      leaving: (target) => leavingRevision(clusters(target.environment.cluster), target),
      running: (target) => readRunning(clusters(target.environment.cluster), target),
    }),
    ...createAnalysisActivities({
      clusterOf: (context) => createAnalysisCluster(verificationClusters(context)),
      http: fetch,
      readAlerts,
    }),
    ...createSmokeActivities({
      clusterOf: (context) => ({
        clients: clusters(context),
        openPortForward: (at, signal) => openPortForward(verificationClusters(context), at, signal),
      }),
      folder: dirname(configFile),
      environment: process.env,
    }),
    ...createDiagnosisActivities({
      clusterOf: (context) => ({ clients: clusters(context), verification: verificationClusters(context) }),
    }),
    ...createVerificationActivities({ clusterOf: verificationClusters, readAlerts }),
  };
}

/** One set of clients a context, made when it is first asked for. */
function remembered<T>(make: (context: string) => T): (context: string) => T {
  const made = new Map<string, T>();
  return (context) => {
    const known = made.get(context) ?? make(context);
    made.set(context, known);
    return known;
  };
}
