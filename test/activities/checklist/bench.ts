/** Looks at a checklist through the real clients, with local servers on the other side. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { createGithubClient } from '../../../src/activities/github-client.ts';
import { createGithub } from '../../../src/activities/checklist/github.ts';
import { createChecklistActivities } from '../../../src/activities/checklist/index.ts';
import type { Systems } from '../../../src/activities/checklist/look.ts';
import { createPagerDuty } from '../../../src/activities/checklist/pagerduty.ts';
import type { LookAtChecklistInput } from '../../../src/activities/checklist/types.ts';
import type { ChecklistSighting, SystemItem, SystemProof } from '../../../src/domain/checklist.ts';
import type { CodeHostServer } from '../../support/code-host-server.ts';
import type { CodeRepository } from '../../support/code-host-repository.ts';
import type { OnCallServer } from '../../support/on-call-server.ts';

export const githubToken = `ghp_${'a1B2'.repeat(9)}`;
export const pagerDutyToken = 'u+AbCdEfGhIjKlMnOpQr';

export const commit = 'c0ffee0000000000000000000000000000000001';

/** Everything that is asked of the code host is there. */
export const complete: CodeRepository = {
  isPrivate: true,
  tags: { 'v4.1.0': { type: 'commit', sha: commit } },
  releases: [{ tag: 'v4.1.0', body: '- faster\n' }],
  files: { [commit]: { 'CHANGELOG.md': '# Changelog\n\n## [4.1.0] - 2026-02-03\n- faster\n' } },
  checkRuns: { [commit]: [{ id: 1, name: 'build', suite: 1, status: 'completed', conclusion: 'success' }] },
};

export function item(proof: SystemProof, name = 'item'): SystemItem {
  return { name, title: name, need: 'required', proof };
}

type Repository = LookAtChecklistInput['repository'];

export interface LookOptions {
  readonly token?: string | undefined;
  readonly onCallToken?: string;
  readonly timeout?: number;
  readonly deadline?: number;
  readonly environment?: MockActivityEnvironment;
  readonly findVerified?: Systems['findVerified'];
  /** Default: `org/shop`. */
  readonly repository?: Repository | undefined;
}

/** A worker's activity; kept over looks, as a worker keeps it. */
export function looker(
  servers: { readonly codeHost?: Pick<CodeHostServer, 'url'>; readonly onCall?: Pick<OnCallServer, 'url'> },
  options: LookOptions = {},
): (...items: readonly SystemItem[]) => Promise<readonly ChecklistSighting[]> {
  const { timeout = 20_000, deadline } = options;
  const token = 'token' in options ? options.token : githubToken;
  const activities = createChecklistActivities(
    {
      codeHost: createGithub(
        createGithubClient({
          ...(token === undefined ? {} : { token }),
          url: servers.codeHost?.url ?? 'http://127.0.0.1:9',
          timeout,
        }),
      ),
      onCall:
        servers.onCall === undefined
          ? { absentBecause: 'FAIRWAY_PAGERDUTY_TOKEN is not set', remedy: 'Set it' }
          : createPagerDuty({
              http: fetch,
              token: options.onCallToken ?? pagerDutyToken,
              url: servers.onCall.url,
              timeout,
            }),
      findVerified: options.findVerified ?? (() => Promise.resolve({ verified: [], changes: [] })),
    },
    deadline === undefined ? {} : { deadline },
  );
  const repository =
    'repository' in options ? options.repository : { owner: 'org', name: 'shop', tag: 'v{{version}}' };
  const environment = options.environment ?? new MockActivityEnvironment();
  return (...items) =>
    environment.run(activities.lookAtChecklist, {
      service: 'shop',
      version: '4.1.0',
      ...(repository === undefined ? {} : { repository }),
      items,
    }) as Promise<readonly ChecklistSighting[]>;
}
