/** What people type after `--input` of a release. */
import { Fields, optional, type Parsed } from './fields.ts';
import { readRelease, releaseFields, type StandardDeploymentRequest } from './request.ts';
import {
  blueGreenFields,
  canaryFields,
  readBlueGreen,
  readCanary,
  type BlueGreenOverrides,
  type CanaryOverrides,
} from './strategy-requests.ts';
import type { StrategyName } from './target.ts';
import { readVersionSource, type VersionFrom } from './version-source.ts';

export interface ReleaseRequest extends StandardDeploymentRequest {
  /** Where the version comes from; `version` only stands for it until it is known. */
  readonly versionFrom?: VersionFrom;
  /** The environment's own when absent. */
  readonly strategy?: StrategyName;
  /** For the strategy that it turns out to be; see `overridesProblem`. */
  readonly canary: CanaryOverrides;
  readonly blueGreen: BlueGreenOverrides;
}

const strategies = ['standard', 'canary', 'blueGreen'] as const;

/** Everything that a release takes, whatever its strategy. */
export const releaseRequestFields = [
  ...releaseFields,
  ...(['versionFrom', 'strategy'] as const),
  ...canaryFields,
  ...blueGreenFields,
] as const;

export function parseReleaseRequest(input: unknown): Parsed<ReleaseRequest> {
  const fields = new Fields(input, releaseRequestFields);
  return fields.finish(() => {
    let versionFrom: VersionFrom | undefined;
    const release = readRelease(fields, () => {
      const source = readVersionSource(fields);
      versionFrom = source.versionFrom;
      return source.version;
    });
    const request: ReleaseRequest = {
      ...release,
      ...optional('versionFrom', versionFrom),
      ...optional('strategy', fields.oneOf<StrategyName>('strategy', strategies)),
      canary: readCanary(fields),
      blueGreen: readBlueGreen(fields),
    };
    const problem = request.strategy === undefined ? undefined : overridesProblem(request, request.strategy);
    if (problem !== undefined) fields.problem('strategy', problem);
    return request;
  });
}

/** Overrides that say nothing for `strategy` are a mistake, not to be passed over. */
export function overridesProblem(request: ReleaseRequest, strategy: StrategyName): string | undefined {
  const given = [
    ...(strategy === 'canary' ? [] : Object.keys(request.canary)),
    ...(strategy === 'blueGreen' ? [] : Object.keys(request.blueGreen)),
  ].map((key) => key.replace('Seconds', ''));
  if (given.length === 0) return undefined;
  return `is "${strategy}", which knows no ${given.map((key) => `"${key}"`).join(', ')}`;
}
