/**
 * The lock of a release is its service and environment. Two of these that name one Deployment
 * would be two locks for one thing, so the file may not say so.
 */
import { mapping } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Finding } from './problem.ts';

interface Claim {
  readonly service: string;
  readonly environment: string;
}

/** Raw entries: an incomplete one claims nothing. */
export function sharedDeployments(services: Mapping, environments: Mapping): Finding[] {
  const claims = new Map<string, Claim>();
  const findings = new Map<string, Finding>();
  for (const [service, entry] of Object.entries(services)) {
    for (const [environment, place] of Object.entries(environments)) {
      const key = deploymentOf(service, mapping(entry), environment, mapping(place));
      if (key === undefined) continue;
      const first = claims.get(key);
      if (first === undefined) {
        claims.set(key, { service, environment });
        continue;
      }
      const finding = explain(first, { service, environment }, key);
      findings.set(finding.path.join('.'), finding);
    }
  }
  return [...findings.values()];
}

function deploymentOf(
  name: string,
  service: Mapping,
  environment: string,
  place: Mapping,
): string | undefined {
  const override = mapping(mapping(service['environments'])[environment])['namespace'];
  const { cluster, namespace } = place;
  const deployment = service['deployment'] ?? name;
  const parts = [cluster, override ?? namespace, deployment];
  return parts.every((part) => typeof part === 'string') ? parts.join('/') : undefined;
}

function explain(first: Claim, second: Claim, key: string): Finding {
  const sameService = first.service === second.service;
  const path = sameService ? ['environments', second.environment] : ['services', second.service];
  const other = sameService ? `environments.${first.environment}` : `services.${first.service}`;
  const remedy = sameService
    ? 'Give each environment its own cluster or namespace.'
    : 'Give each service its own deployment.';
  return {
    path,
    atKey: true,
    message: `is the same Deployment (${key}) as ${other}, and two releases could meet there. ${remedy}`,
  };
}
