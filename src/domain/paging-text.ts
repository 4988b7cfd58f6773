/** What people are woken with, and what is told of a release without waking anybody. */
import type { Link } from './links.ts';
import type { Change, Page, PagingOccasion, PagingPolicy } from './paging.ts';
import { minuteWords } from './minute-words.ts';
import { excerpt } from './redact.ts';
import type { ReleaseStatus } from './status.ts';
import type { Target, TargetRef } from './target.ts';
import { versionOf } from './version-of.ts';
import { displayVersion } from './version.ts';

/** The vendor's own limit, in characters. */
const maxSummary = 1_024;

/** Characters of one detail: a tired person reads no more, and all of them stay far below the vendor's 512 KB. */
const maxDetail = 2_000;

/**
 * Of a target, not of a release: failures in a row are one incident, and the release that ends well closes it. What
 * a person must put back is an incident of its own: one that is acknowledged wakes nobody again. Never to be changed:
 * what is open under another key would stay open.
 */
export function pageKey({ service, environment }: TargetRef, occasion: PagingOccasion): string {
  const target = `fairway:${service}:${environment}`;
  return occasion === 'failed' ? target : `${target}:${occasion}`;
}

/** `occasion` is what `aftermathOf` says of this end. */
export function pageOf(
  status: ReleaseStatus,
  target: Target,
  { policy, occasion, links = [] }: PageScene,
): Page {
  const ref = { service: target.service.name, environment: target.environment.name };
  return {
    dedupKey: pageKey(ref, occasion),
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

/** While putting back lasts too long: the same incident as if it had failed. `since` is when it began, ISO 8601. */
export function stuckPageOf(
  status: ReleaseStatus,
  target: Target,
  { since, ...scene }: Omit<PageScene, 'occasion'> & { readonly since: string },
): Page {
  const { displayName } = target.service;
  const because = status.reason === undefined ? '' : `: ${status.reason}`;
  const summary = `${displayName} in ${target.environment.name} is being put back since ${minuteWords(since)} and does not get there; it is tried on, a person must look${because}`;
  return {
    ...pageOf(status, target, { ...scene, occasion: 'rollbackFailed' }),
    summary: excerpt(summary, maxSummary),
  };
}

/** Why nobody hears of it. */
export const noRoutingKey =
  'this worker has no FAIRWAY_PAGERDUTY_ROUTING_KEY. Put the integration key of an "Events API v2" integration into it and restart the worker';

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
  // What could not be put back is what a person has to mend now.
  const diagnosis = status.returnDiagnosis ?? status.diagnosis;
  const [first] = diagnosis?.findings ?? [];
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
    diagnosis: diagnosis?.summary,
    cause: first?.cause,
    'what to do': first?.remedy,
  };
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, text]) =>
      text === undefined || text === '' ? [] : [[name, excerpt(text, maxDetail)]],
    ),
  );
}
