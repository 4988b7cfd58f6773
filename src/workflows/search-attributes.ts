/** Typed keys of the search attributes, and the pairs for a release. */
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  type SearchAttributePair,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import { searchAttributeNames } from '../domain/search-attributes.ts';
import type { ReleaseStatus } from '../domain/status.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const keys = {
  service: keyword(searchAttributeNames.service),
  environment: keyword(searchAttributeNames.environment),
  version: keyword(searchAttributeNames.version),
  strategy: keyword(searchAttributeNames.strategy),
  phase: keyword(searchAttributeNames.phase),
  outcome: keyword(searchAttributeNames.outcome),
  waitsFor: keyword(searchAttributeNames.waitsFor),
};

/** Set while a release waits for a target; `undefined` takes it away. */
export function waitingAttributes(value: string | undefined): SearchAttributeUpdatePair[] {
  return [{ key: keys.waitsFor, value: value ?? null }];
}

/** What a release is. */
export function identityAttributes(status: ReleaseStatus): SearchAttributePair[] {
  return [
    { key: keys.service, value: status.service },
    { key: keys.environment, value: status.environment },
    { key: keys.version, value: status.version },
    { key: keys.strategy, value: status.strategy },
  ];
}

/** Set once, at the start of a workflow that people started. */
export function startAttributes(status: ReleaseStatus): SearchAttributePair[] {
  return [...identityAttributes(status), { key: keys.phase, value: status.phase }];
}

/** How it ended: set once, at its end. */
export function outcomeAttributes(status: ReleaseStatus): SearchAttributeUpdatePair[] {
  return [
    // A release may learn only on its way which version it brings, and how.
    { key: keys.version, value: status.version },
    { key: keys.strategy, value: status.strategy },
    { key: keys.phase, value: status.phase },
    { key: keys.outcome, value: status.outcome ?? null },
  ];
}
