/** What people type after `--input` of a canary and of a blue/green deployment. */
import { weightsProblem } from './canary-steps.ts';
import { bakeSecondsOf, maxBakeHours, maxCanarySteps, minKeepSeconds } from './defaults.ts';
import { Fields, optional, type Parsed } from './fields.ts';
import { readRelease, releaseFields, type StandardDeploymentRequest } from './request.ts';
import type { CanaryStep } from './strategy-options.ts';

export interface CanaryDeploymentRequest extends StandardDeploymentRequest {
  /** Overrides the service's own steps. */
  readonly steps?: readonly CanaryStep[];
}

export interface BlueGreenDeploymentRequest extends StandardDeploymentRequest {
  /** These override the service's own. */
  readonly gate?: boolean;
  readonly monitorSeconds?: number;
  readonly keepSeconds?: number;
}

export type CanaryOverrides = Pick<CanaryDeploymentRequest, 'steps'>;
export type BlueGreenOverrides = Pick<BlueGreenDeploymentRequest, 'gate' | 'monitorSeconds' | 'keepSeconds'>;

export const canaryFields = ['steps'] as const;
export const blueGreenFields = ['gate', 'monitor', 'keep'] as const;

export function parseCanaryDeploymentRequest(input: unknown): Parsed<CanaryDeploymentRequest> {
  const fields = new Fields(input, [...releaseFields, ...canaryFields], { strategy: 'canary' });
  return fields.finish(() => ({ ...readRelease(fields), ...readCanary(fields) }));
}

export function readCanary(fields: Fields): CanaryOverrides {
  return optional('steps', readSteps(fields));
}

export function parseBlueGreenDeploymentRequest(input: unknown): Parsed<BlueGreenDeploymentRequest> {
  const known = [...releaseFields, ...blueGreenFields];
  const fields = new Fields(input, known, { strategy: 'blueGreen' });
  return fields.finish(() => ({ ...readRelease(fields), ...readBlueGreen(fields) }));
}

export function readBlueGreen(fields: Fields): BlueGreenOverrides {
  return {
    ...optional('gate', fields.flag('gate')),
    ...optional('monitorSeconds', fields.duration('monitor', maxBakeHours)),
    ...optional('keepSeconds', readKeep(fields)),
  };
}

function readKeep(fields: Fields): number | undefined {
  const seconds = fields.duration('keep', maxBakeHours);
  if (seconds !== undefined && seconds < minKeepSeconds)
    fields.problem(
      'keep',
      `must be at least ${minKeepSeconds} s: kube-proxy may need so long, got ${seconds}`,
    );
  return seconds;
}

function readSteps(fields: Fields): readonly CanaryStep[] | undefined {
  const items = fields.list('steps', ['weight', 'bake', 'gate'], maxCanarySteps);
  const steps = items?.map((item): CanaryStep & { readonly known: boolean } => {
    const weight = item.integer('weight', 1, 100);
    if (weight === undefined) item.missing('weight', '10');
    return {
      weight: weight ?? 0,
      bakeSeconds: item.duration('bake', maxBakeHours) ?? bakeSecondsOf(weight ?? 0),
      gate: item.flag('gate') ?? false,
      known: weight !== undefined,
    };
  });
  // Of weights that are wrong themselves, their order says nothing.
  if (steps === undefined || steps.some(({ known }) => !known)) return undefined;
  const problem = weightsProblem(steps.map(({ weight }) => weight));
  if (problem !== undefined) fields.problem('steps', problem);
  return steps.map(({ weight, bakeSeconds, gate }) => ({ weight, bakeSeconds, gate }));
}
