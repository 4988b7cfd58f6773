/** What people type after `--input` of a standard deployment, a verification and a diagnosis. */
import { Fields, optional, type Parsed } from './fields.ts';
import type { TargetRef, UpdateMethod, WhenHeldPolicy } from './target.ts';

export interface StandardDeploymentRequest extends TargetRef {
  readonly version: string;
  readonly requestedBy?: string;
  /** Release even when the target already runs this version. */
  readonly force: boolean;
  /** Overrides the service's own `update`. */
  readonly update?: UpdateMethod;
  /** Answer the plan and change nothing. */
  readonly dryRun: boolean;
  /** What to do when another release holds the target; the environment's own when absent. */
  readonly whenHeld?: WhenHeldPolicy;
  /** No field of the input: nobody chose the version for this moment, so one that runs already is no mistake. */
  readonly unattended?: true;
}

export interface VerificationRequest extends TargetRef {
  /** Expected version; what the Deployment says when absent. */
  readonly version?: string;
}

export interface DiagnosisRequest extends TargetRef {
  /** Name of a Deployment that belongs to the target, such as its canary; the target's own when absent. */
  readonly deployment?: string;
}

const maxPersonLength = 200;

/** The fields that every strategy takes. */
export const releaseFields = [
  ...(['service', 'environment', 'version', 'requestedBy', 'force', 'update', 'dryRun', 'whenHeld'] as const),
] as const;

export function parseStandardDeploymentRequest(input: unknown): Parsed<StandardDeploymentRequest> {
  const fields = new Fields(input, releaseFields, { strategy: 'standard' });
  return fields.finish(() => readRelease(fields));
}

/** `readVersion` is for a request that may leave the version to something else. */
export function readRelease(
  fields: Fields,
  readVersion = () => fields.version('version') ?? fields.missing('version', '"4.1.0"'),
): StandardDeploymentRequest {
  return {
    ...targetRef(fields),
    version: readVersion(),
    ...optional('requestedBy', fields.text('requestedBy', maxPersonLength)),
    force: fields.flag('force') ?? false,
    ...optional('update', fields.oneOf<UpdateMethod>('update', ['image', 'helm'])),
    dryRun: fields.flag('dryRun') ?? false,
    ...optional('whenHeld', fields.oneOf<WhenHeldPolicy>('whenHeld', ['reject', 'wait', 'supersede'])),
  };
}

export const verificationFields = ['service', 'environment', 'version'] as const;

export function parseVerificationRequest(input: unknown): Parsed<VerificationRequest> {
  const fields = new Fields(input, verificationFields);
  return fields.finish(() => ({ ...targetRef(fields), ...optional('version', fields.version('version')) }));
}

export const diagnosisFields = ['service', 'environment', 'deployment'] as const;

export function parseDiagnosisRequest(input: unknown): Parsed<DiagnosisRequest> {
  const fields = new Fields(input, diagnosisFields);
  return fields.finish(() => ({
    ...targetRef(fields),
    ...optional('deployment', fields.name('deployment')),
  }));
}

function targetRef(fields: Fields): TargetRef {
  return {
    service: fields.name('service') ?? fields.missing('service', '"checkout"'),
    environment: fields.name('environment') ?? fields.missing('environment', '"staging"'),
  };
}
