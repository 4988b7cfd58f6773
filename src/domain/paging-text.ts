/** What people are woken with, and what is told of a release without waking anybody. */
import type { Link } from './links.ts';
import type { Change, Page, PagingOccasion, PagingPolicy } from './paging.ts';
import { excerpt } from './redact.ts';
import type { ReleaseStatus } from './status.ts';
import type { Target, TargetRef } from './target.ts';
import { versionOf } from './version-of.ts';
import { displayVersion } from './version.ts';

/** The vendor's own limit, in characters. */
const maxSummary = 1_024;

/** Characters of one detail: a tired person reads no more, and all of them stay far below the vendor's 512 KB. */
const maxDetail = 2_000;

/** Of a target, not of a release: failures in a row are one incident, and the release that ends well closes it. */
export function pageKey({ service, environment }: TargetRef): string {
  return `fairway:${service}:${environment}`;
}

/** `occasion` is what `aftermathOf` says of this end. */
export function pageOf(
  status: ReleaseStatus,
  target: Target,
  { policy, occasion, links = [] }: PageScene,
): Page {
  return {
    dedupKey: pageKey({ service: target.service.name, environment: target.environment.name }),
    summary: excerpt(summaryOf(status, target, occasion), maxSummary),
    source: sourceOf(target),
    severity: occasion === 'rollbackFailed' ? 'critical' : policy.severity,
    details: detailsOf(status),
    links,
  };
}

export interface PageScene {
  readonly policy: PagingPolicy;
  readonly occasion: PagingOccasion;
  readonly links?: readonly Link[];
}

/** Told when a release begins; `undefined` where nobody wants to know. */
export function changeOf(
  status: ReleaseStatus,
  target: Target,
  links: readonly Link[] = [],
): Change | undefined {
  if (target.environment.paging?.changes !== true) return undefined;
  const what = status.strategy === 'rollback' ? 'rollback' : `${status.strategy} deployment`;
  return {
    summary: excerpt(`${subject(status, target)}: ${what} in ${target.environment.name} begins`, maxSummary),
    source: sourceOf(target),
    details: detailsOf(status),
    links,
  };
}

function summaryOf(status: ReleaseStatus, target: Target, occasion: PagingOccasion): string {
  const { name } = target.environment;
  const because = status.reason === undefined ? '' : `: ${status.reason}`;
  const { displayName } = target.service;
  // A rollback that failed may have left everything as it was.
  if (status.strategy === 'rollback' && status.outcome !== 'rollbackFailed') {
    return `${displayName} in ${name} was not rolled back${because}`;
  }
  if (occasion === 'rollbackFailed') {
    return `${displayName} in ${name} could not be put back, a person must look${because}`;
  }
  const back = status.outcome === 'rolledBack' && status.from !== undefined ? runsAgain(status.from) : '';
  return `${subject(status, target)} was not released to ${name}${back}${because}`;
}

function runsAgain(image: string): string {
  return `, and ${displayVersion(versionOf(image))} runs again`;
}

function subject({ version }: ReleaseStatus, { service }: Target): string {
  return `${service.displayName} ${displayVersion(version)}`;
}

function sourceOf({ service, environment }: Target): string {
  return `${service.name} in ${environment.name}`;
}

function detailsOf(status: ReleaseStatus): Readonly<Record<string, string>> {
  const [first] = status.diagnosis?.findings ?? [];
  const details: Readonly<Record<string, string | undefined>> = {
    release: status.release,
    service: status.service,
    environment: status.environment,
    strategy: status.strategy,
    version: status.version,
    from: status.from,
    'requested by': status.requestedBy,
    outcome: status.outcome,
    'failed step': status.steps.find(({ state }) => state === 'failed')?.name,
    reason: status.reason,
    diagnosis: status.diagnosis?.summary,
    cause: first?.cause,
    'what to do': first?.remedy,
  };
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, text]) =>
      text === undefined || text === '' ? [] : [[name, excerpt(text, maxDetail)]],
    ),
  );
}
