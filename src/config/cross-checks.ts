/**
 * Rules that span several parts of the file. They look at the raw value, so that they are
 * reported together with what the schema finds, however incomplete the file is.
 */
import { alertRules } from './alert-rules.ts';
import { approvalRules } from './approval-rules.ts';
import { builtInChecks, isBuiltInCheck } from './built-in-checks.ts';
import { spelledOutCheckSchema } from './check-schema.ts';
import { checklistRules } from './checklist-rules.ts';
import { didYouMean } from './did-you-mean.ts';
import { show } from './expecting.ts';
import { incidentRules } from './incident-rules.ts';
import { isMapping, mapping } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import { isKey, keyRule } from './names.ts';
import type { Finding, Path } from './problem.ts';
import { promotionRules } from './promotion-rules.ts';
import { scheduleRules } from './schedule-rules.ts';
import { sharedDeployments } from './shared-deployments.ts';
import { strategyRules } from './strategy-rules.ts';
import { windowFindings } from './window-findings.ts';

export function crossChecks(value: unknown): Finding[] {
  if (!isMapping(value)) return [];
  const environments = mapping(value['environments']);
  const services = mapping(value['services']);
  return [
    ...badKeys('environments', environments),
    ...badKeys('services', services),
    ...sharedDeployments(services, environments),
    ...scheduleRules(value),
    ...windowFindings(value),
    ...Object.entries(environments).flatMap(([name, entry]) => [
      ...environmentRules(['environments', name], mapping(entry)),
      ...approvalRules(['environments', name, 'approvals'], mapping(entry)['approvals'], value),
      ...checklistRules(['environments', name], name, mapping(entry), value),
      ...incidentRules(['environments', name, 'incidents'], mapping(entry)['incidents']),
      ...promotionRules(['environments', name, 'promotion'], name, mapping(entry)['promotion'], value),
    ]),
    ...Object.entries(services).flatMap(([name, entry]) => [
      ...helmRules(['services', name], mapping(entry)),
      ...overrideRules(
        ['services', name, 'environments'],
        mapping(mapping(entry)['environments']),
        Object.keys(environments),
      ),
      ...checkRules(['services', name, 'verification'], mapping(mapping(entry)['verification'])),
      ...alertRules(['services', name], mapping(entry)),
      ...strategyRules(['services', name], mapping(entry)),
    ]),
  ];
}

function badKeys(part: string, entries: Mapping): Finding[] {
  const empty = { path: [part], message: `is empty. Name at least one of the ${part}.` };
  const names = Object.keys(entries);
  const wrong = names
    .filter((name) => !isKey(name))
    .map((name) => ({
      path: [part, name],
      atKey: true,
      message: `expected a name of ${keyRule}, got ${show(name)}`,
    }));
  return names.length === 0 ? [empty] : wrong;
}

function environmentRules(path: Path, environment: Mapping): Finding[] {
  if (environment['announcement'] === undefined || environment['slackChannel'] !== undefined) return [];
  return [
    {
      path: [...path, 'announcement'],
      atKey: true,
      message: 'there is nowhere to announce. Give the environment a slackChannel, or remove announcement.',
    },
  ];
}

function helmRules(path: Path, service: Mapping): Finding[] {
  const findings: Finding[] = [];
  if (service['update'] === 'helm' && service['helm'] === undefined) {
    findings.push({
      path: [...path, 'update'],
      message: 'helm needs a helm part. Add helm with a chart, or write update: image.',
    });
  }
  const { chart, repository, repositoryUser } = mapping(service['helm']);
  if (repositoryUser !== undefined && repository === undefined) {
    findings.push({
      path: [...path, 'helm', 'repositoryUser'],
      atKey: true,
      message: 'there is nowhere to log in. Give helm a repository, or remove repositoryUser.',
    });
  }
  if (typeof repository === 'string' && typeof chart === 'string' && !/^[A-Za-z0-9][\w.-]*$/.test(chart)) {
    findings.push({
      path: [...path, 'helm', 'chart'],
      message: `expected the name of a chart in the repository, got ${show(chart)}. Remove repository to use a path or oci://….`,
    });
  }
  return findings;
}

function overrideRules(path: Path, overrides: Mapping, known: readonly string[]): Finding[] {
  return Object.keys(overrides)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: [...path, name],
      atKey: true,
      message: `there is no such environment.${didYouMean(name, known)} Environments: ${known.join(', ')}.`,
    }));
}

function checkRules(path: Path, verification: Mapping): Finding[] {
  const checks = verification['checks'];
  if (!Array.isArray(checks)) return [];
  const findings: Finding[] = [];
  const firstWithName = new Map<string, number>();
  for (const [index, check] of (checks as unknown[]).entries()) {
    const here = [...path, 'checks', index];
    if (verification['port'] === undefined && asksWithoutPort(check)) {
      findings.push({
        path: here,
        message: 'has no port. Give the verification a port, or this check its own.',
      });
    }
    const name = nameOf(check);
    const first = name === undefined ? undefined : firstWithName.get(name);
    if (name !== undefined && first === undefined) firstWithName.set(name, index);
    if (first !== undefined) {
      findings.push({
        path: here,
        message: `checks[${first}] has the name "${name}" too. Give each check its own name.`,
      });
    }
  }
  return findings;
}

function asksWithoutPort(check: unknown): boolean {
  const { kind, port, reported } = mapping(spelledOut(check));
  if (kind === 'http') return port === undefined;
  return kind === 'image' && reported !== undefined && mapping(reported)['port'] === undefined;
}

/** The name that the check will have, defaults included; `undefined` while the check itself is wrong. */
function nameOf(check: unknown): string | undefined {
  const { data } = spelledOutCheckSchema.safeParse(spelledOut(check));
  return data?.name ?? (data?.kind === 'http' ? `${data.method} ${data.path}` : undefined);
}

function spelledOut(check: unknown): unknown {
  return isBuiltInCheck(check) ? builtInChecks[check] : check;
}
