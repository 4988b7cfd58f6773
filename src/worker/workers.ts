/** The workers of one process: one for each task queue that it serves. */
import type { KubeConfig } from '@kubernetes/client-node';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerInterceptors } from '@temporalio/worker';
import { heartbeatInterceptor } from '../activities/heartbeat.ts';
import type { SlackLog } from '../activities/slack/index.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Secrets } from '../config/secrets.ts';
import { releaseLogInterceptor } from './release-log.ts';
import type { Tracing } from './tracing.ts';
import { clusterActivities, controlActivities } from './activities.ts';
import { shutdownGraceSeconds } from './arguments.ts';
import { stickyQueueScheduleToStartTimeout } from './sticky-queue.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  readonly kubeConfig: KubeConfig;
  readonly kubeconfigPath?: string;
  readonly helm: string;
  readonly log: SlackLog;
  readonly tracing?: Tracing | undefined;
  /** Serve the control task queue: workflows, Slack, configuration. */
  readonly control: boolean;
  /** Names of the environments whose task queues are served. */
  readonly environments: readonly string[];
  /** Tests put faults in here. */
  readonly interceptors?: WorkerInterceptors['activity'];
}

/** The workers of a process; one Temporal connection and one set of cluster clients for all. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, configuration, log, tracing } = options;
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: shutdownGraceSeconds * 1_000,
    stickyQueueScheduleToStartTimeout,
    ...(tracing === undefined ? {} : { sinks: tracing.sinks }),
    // An abort should act at once, and it travels with heartbeats.
    maxHeartbeatThrottleInterval: '2s',
    interceptors: {
      activity: [
        (context: Parameters<typeof heartbeatInterceptor>[0]) => ({ inbound: heartbeatInterceptor(context) }),
        releaseLogInterceptor,
        ...(tracing === undefined ? [] : [tracing.activity]),
        ...(options.interceptors ?? []),
      ],
    },
  };

  const clientInterceptors = tracing === undefined ? [] : [tracing.client];
  const control = options.control
    ? controlActivities({
        configuration,
        secrets: options.secrets,
        client: new Client({ connection, namespace, interceptors: { workflow: clientInterceptors } }),
        log,
      })
    : undefined;
  const cluster = clusterActivities({ ...options, configFile: configuration.file });
  return Promise.all(
    [...taskQueues(options)].map(async ([taskQueue, serves]) =>
      Worker.create({
        ...shared,
        taskQueue,
        activities: { ...(serves.control ? control : {}), ...(serves.cluster ? cluster : {}) },
        ...(serves.control ? { workflowBundle: await workflowBundle(tracing?.workflowModules ?? []) } : {}),
      }),
    ),
  );
}

/** Environments may share a queue, also with control. */
function taskQueues({ configuration, control, environments }: WorkersOptions) {
  const queues = new Map<string, { control: boolean; cluster: boolean }>();
  if (control) queues.set(configuration.taskQueue, { control: true, cluster: false });
  for (const { name, taskQueue } of configuration.environments) {
    if (!environments.includes(name)) continue;
    queues.set(taskQueue, { control: queues.get(taskQueue)?.control ?? false, cluster: true });
  }
  return queues;
}
