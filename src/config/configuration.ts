/** The configuration that a worker holds: read once, then only asked. */
import { optional } from '../domain/fields.ts';
import type { ScheduleSpec } from '../domain/schedule.ts';
import type { EnvironmentSpec, Target, TargetRef } from '../domain/target.ts';
import type { Windows } from '../domain/window-rule.ts';
import type { ConfigurationFile } from './configuration-schema.ts';
import { didYouMean } from './did-you-mean.ts';
import { toEnvironment, toService } from './resolve-target.ts';
import { toSchedule } from './schedule-schema.ts';
import { toWindows } from './resolve-windows.ts';

export interface Configuration {
  /** Absolute path of the file. */
  readonly file: string;
  /** Task queue of the control worker, where releases are started. */
  readonly taskQueue: string;
  /** Keys of `services`, in the file's order. */
  readonly services: readonly string[];
  /** In the file's order, each with the namespace that services have unless they say otherwise. */
  readonly environments: readonly EnvironmentSpec[];
  /** Base URLs of the APIs that a checklist asks; absent: the provider's own. */
  readonly codeHost: { readonly url?: string };
  /** Absent: nobody is asked who is on call. */
  readonly onCall?: { readonly url?: string };
  readonly schedules: readonly ScheduleSpec[];
  /** Throws `UnknownTargetError`. */
  resolveTarget(ref: TargetRef): Target;
  /** When releases may go there. Throws `UnknownTargetError`. */
  windowsOf(environment: string): Windows;
  /** Address of the web hook that is called after a release went wrong there; absent: none, or no such environment. */
  webhookOf(environment: string): string | undefined;
}

/** The file has no such service or environment; the message lists those it has. */
export class UnknownTargetError extends Error {
  override readonly name = 'UnknownTargetError';
}

export function createConfiguration(file: string, content: ConfigurationFile): Configuration {
  const services = new Map(Object.entries(content.services));
  const environments = new Map(Object.entries(content.environments));
  const windows = new Map(
    [...environments].map(([name, entry]) => [name, toWindows(entry.windows, content.freezes)]),
  );
  const facts = {
    environments: [...environments.keys()],
    groups: content.groups,
    ...(content.onCall?.schedule === undefined ? {} : { schedule: content.onCall.schedule }),
  };
  return {
    file,
    taskQueue: content.temporal.taskQueue,
    services: [...services.keys()],
    environments: [...environments].map(([name, entry]) => toEnvironment(name, entry, facts)),
    codeHost: urlOf(content.codeHost),
    ...(content.onCall === undefined ? {} : { onCall: urlOf(content.onCall) }),
    schedules: Object.entries(content.schedules).map(([name, entry]) => toSchedule(name, entry)),
    resolveTarget: (ref) => {
      const service = services.get(ref.service);
      const environment = environments.get(ref.environment);
      if (service === undefined || environment === undefined) {
        const problems = [
          ...(service === undefined ? [unknown('service', ref.service, [...services.keys()])] : []),
          ...(environment === undefined
            ? [unknown('environment', ref.environment, [...environments.keys()])]
            : []),
        ];
        throw new UnknownTargetError(problems.join(' '));
      }
      return {
        service: toService(ref.service, service, file, environment),
        environment: toEnvironment(ref.environment, environment, facts, service),
        ...optional('temporalUi', content.temporal.ui),
      };
    },
    windowsOf: (environment) => {
      const known = windows.get(environment);
      if (known === undefined)
        throw new UnknownTargetError(unknown('environment', environment, [...environments.keys()]));
      return known;
    },
    webhookOf: (environment) => environments.get(environment)?.incidents?.webhook?.url,
  };
}

function urlOf(system: { readonly url?: string | undefined } | undefined): { readonly url?: string } {
  return system?.url === undefined ? {} : { url: system.url };
}

function unknown(what: string, name: string, known: readonly string[]): string {
  return `fairway.yaml has no ${what} "${name}".${didYouMean(name, known)} It has: ${known.join(', ')}.`;
}
