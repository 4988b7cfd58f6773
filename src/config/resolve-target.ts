/** From the file's entries to the words of the domain, with every default filled in. */
import { dirname, isAbsolute, resolve } from 'node:path';
import type { CheckSpec } from '../domain/check.ts';
import type { EnvironmentSpec, HelmSpec, ServiceSpec, VerificationSpec } from '../domain/target.ts';
import { toAlerts } from './alerts-schema.ts';
import { toApproval } from './approval-schema.ts';
import { builtInCheckNames, builtInChecks, portlessCheckNames } from './built-in-checks.ts';
import { spelledOutCheckSchema } from './check-schema.ts';
import type { CheckEntry } from './check-schema.ts';
import type { EnvironmentEntry } from './environment-schema.ts';
import { toIncidents } from './incidents-schema.ts';
import { toPaging } from './paging-schema.ts';
import type { Groups } from './permission-schema.ts';
import { toPromotion } from './promotion-schema.ts';
import { toChecklist } from './resolve-checklist.ts';
import { toAnalysis, toBlueGreen, toCanary } from './resolve-strategies.ts';
import type { ServiceEntry } from './service-schema.ts';
import { toWindowPolicy } from './resolve-windows.ts';

/** The environment's systems that a service is measured by. */
type Measures = Partial<Pick<EnvironmentEntry, 'prometheus' | 'alertmanager'>>;

/** `file` is where relative chart paths start from. */
export function toService(
  name: string,
  entry: ServiceEntry,
  file: string,
  { prometheus, alertmanager }: Measures = {},
): ServiceSpec {
  const deployment = entry.deployment ?? name;
  const alerts =
    entry.alerts === undefined || alertmanager === undefined
      ? undefined
      : toAlerts(entry.alerts, alertmanager);
  return {
    name,
    displayName: entry.displayName ?? name,
    deployment,
    container: entry.container ?? name,
    image: entry.image,
    kubernetesService: entry.kubernetesService ?? deployment,
    ...(entry.repository === undefined ? {} : { repository: entry.repository }),
    update: entry.update ?? (entry.helm === undefined ? 'image' : 'helm'),
    ...(entry.helm === undefined ? {} : { helm: toHelm(name, entry.helm, file) }),
    verification: toVerification(entry.verification, alerts !== undefined),
    ...(entry.canary === undefined ? {} : { canary: toCanary(entry.canary) }),
    ...(entry.blueGreen === undefined
      ? {}
      : { blueGreen: toBlueGreen(entry.blueGreen, entry.verification.port) }),
    ...(entry.analysis === undefined ? {} : { analysis: toAnalysis(entry.analysis, prometheus) }),
    ...(alerts === undefined ? {} : { alerts }),
    timeouts: {
      helmSeconds: entry.timeouts.helm,
      rolloutSeconds: entry.timeouts.rollout,
      verificationSeconds: entry.timeouts.verification,
    },
  };
}

/** What the rest of the file says that an environment's rules rest on. */
export interface FileFacts {
  /** Names of all environments. */
  readonly environments: readonly string[];
  /** The file's own on-call schedule. */
  readonly schedule?: string;
  /** The file's `groups`. */
  readonly groups: Groups;
}

/** `service` may live in a namespace of its own there. */
export function toEnvironment(
  name: string,
  entry: EnvironmentEntry,
  file: FileFacts,
  service?: ServiceEntry,
): EnvironmentSpec {
  const override =
    service !== undefined && Object.hasOwn(service.environments, name)
      ? service.environments[name]
      : undefined;
  return {
    name,
    cluster: entry.cluster,
    namespace: override?.namespace ?? entry.namespace,
    taskQueue: entry.taskQueue ?? `fairway-${name}`,
    strategy: entry.strategy,
    whenHeld: entry.whenHeld,
    approval: toApproval(entry.approvals, file.groups),
    checklist: toChecklist(entry.checklist ?? [], {
      ...file,
      environment: name,
      hasRepository: service?.repository !== undefined,
    }),
    checklistExpirySeconds: entry.checklistExpiry,
    ...(entry.windows === undefined ? {} : { windows: toWindowPolicy(entry.windows, file.groups) }),
    ...(entry.announcement === undefined ? {} : { announcement: { leadSeconds: entry.announcement.lead } }),
    ...(entry.slackChannel === undefined ? {} : { slackChannel: entry.slackChannel }),
    ...(entry.paging === undefined ? {} : { paging: toPaging(entry.paging) }),
    ...(entry.incidents === undefined ? {} : { incidents: toIncidents(entry.incidents) }),
    ...(entry.promotion === undefined ? {} : { promotion: toPromotion(entry.promotion, file.groups) }),
  };
}

function toHelm(service: string, helm: NonNullable<ServiceEntry['helm']>, file: string): HelmSpec {
  return {
    release: helm.release ?? service,
    chart: helm.repository === undefined ? chartLocation(helm.chart, file) : helm.chart,
    ...(helm.repository === undefined ? {} : { repository: helm.repository }),
    ...(helm.repositoryUser === undefined ? {} : { repositoryUser: helm.repositoryUser }),
    ...(helm.version === undefined ? {} : { version: helm.version }),
    imageTagValue: helm.imageTagValue,
  };
}

function chartLocation(chart: string, file: string): string {
  return chart.startsWith('oci://') || isAbsolute(chart) ? chart : resolve(dirname(file), chart);
}

/** Where no Alertmanager is named there is nobody to ask, as with Prometheus and metrics. */
function toVerification(
  { reach, port, checks }: ServiceEntry['verification'],
  hasAlerts: boolean,
): VerificationSpec {
  const entries = checks ?? (port === undefined ? portlessCheckNames : builtInCheckNames);
  const specs = entries.map((entry) => toCheck(entry, port));
  return { reach, checks: specs.filter(({ kind }) => hasAlerts || kind !== 'alerts') };
}

/** `port` is the verification's own; the cross-checks saw to it that a check which needs one has one. */
function toCheck(entry: CheckEntry, port = 0): CheckSpec {
  if (typeof entry === 'string') return toCheck(spelledOutCheckSchema.parse(builtInChecks[entry]), port);
  switch (entry.kind) {
    case 'http': {
      const { name, timeout, expectJson, expectBody, ...rest } = entry;
      return {
        ...rest,
        name: name ?? `${entry.method} ${entry.path}`,
        port: entry.port ?? port,
        timeoutSeconds: timeout,
        ...(expectJson === undefined ? {} : { expectJson }),
        ...(expectBody === undefined ? {} : { expectBody }),
      };
    }
    case 'logs': {
      const { window, ...rest } = entry;
      return { ...rest, windowSeconds: window };
    }
    case 'image': {
      const { reported, ...rest } = entry;
      return {
        ...rest,
        ...(reported === undefined ? {} : { reported: { ...reported, port: reported.port ?? port } }),
      };
    }
    case 'replicas':
    case 'pods':
    case 'alerts':
      return entry;
  }
}
