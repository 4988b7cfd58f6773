/** GitHub's REST API, of github.com and of installations of one's own. */
import type { CodeRepository } from '../../domain/checklist.ts';
import { missing, told, unknown, type Answer } from './answer.ts';
import type { CodeHost, TagLook } from './code-host.ts';
import type { GithubPort } from '../github-client.ts';
import { isNotFound, quietUntil } from '../github-refusal.ts';
import { commitChecks } from './github-checks.ts';
import { readFileAt } from './github-file.ts';
import { githubTrouble, notGithub } from './github-trouble.ts';
import { maxTagDepth } from './limits.ts';

/** What each question is asked with. */
export interface GithubScene {
  readonly client: GithubPort;
  readonly at: { readonly owner: string; readonly repo: string };
  readonly signal: AbortSignal;
}

/** `known`: what the answer to "there is no such thing" is, once it is clear that the repository can be seen. */
export type Ask = <T>(question: () => Promise<Answer<T>>, known?: () => Answer<T>) => Promise<Answer<T>>;

export function createGithub(client: GithubPort): CodeHost {
  let quiet = 0;
  const remember = (error: unknown): void => {
    quiet = quietUntil(error, Date.now()) ?? quiet;
  };
  return {
    look: (repository, tag, signal) => {
      const scene = { client, at: { owner: repository.owner, repo: repository.name }, signal };
      const ask: Ask = async (question, known) => {
        if (Date.now() < quiet) return waiting(quiet);
        try {
          return await question();
        } catch (error) {
          signal.throwIfAborted();
          remember(error);
          if (!isNotFound(error) || known === undefined) return githubTrouble(error);
          return (await hidden(scene, repository, remember)) ?? known();
        }
      };
      return tagLook(scene, repository, tag, ask);
    },
  };
}

function tagLook(scene: GithubScene, repository: CodeRepository, tag: string, ask: Ask): TagLook {
  const where = `${repository.owner}/${repository.name}`;
  const commit = once(() =>
    ask(
      () => resolveTag(scene, tag),
      () => missing(`${where} has no tag ${tag}`, 'Push the tag, or correct repository.tag in fairway.yaml'),
    ),
  );
  return {
    release: once(() =>
      ask(
        async () => {
          const { data } = await scene.client.rest.repos.getReleaseByTag({
            ...scene.at,
            tag,
            request: { signal: scene.signal },
          });
          if (typeof data !== 'object' || typeof data.html_url !== 'string') return notGithub();
          return told({ notes: data.body ?? '', link: data.html_url });
        },
        () =>
          missing(
            `${where} has no published release of ${tag}`,
            `Publish a release of ${tag} with its notes (a draft does not count)`,
          ),
      ),
    ),
    file: async (path) => {
      const at = await commit();
      if (at.state !== 'told') return at;
      return ask(
        () => readFileAt(scene, path, at.value),
        () =>
          missing(
            `${tag} has no file ${path}`,
            `Add ${path} and tag again, or correct the path in fairway.yaml`,
          ),
      );
    },
    checks: once(async () => {
      const at = await commit();
      return at.state === 'told' ? ask(() => commitChecks(scene, at.value)) : at;
    }),
  };
}

/** The commit that the tag names; an annotated tag names it by way of a tag object. */
async function resolveTag({ client, at, signal }: GithubScene, tag: string): Promise<Answer<string>> {
  const request = { signal };
  let { object } = (await client.rest.git.getRef({ ...at, ref: `tags/${tag}`, request })).data;
  for (let depth = 0; object?.type === 'tag' && depth < maxTagDepth; depth += 1) {
    ({ object } = (await client.rest.git.getTag({ ...at, tag_sha: object.sha, request })).data);
  }
  if (typeof object?.sha !== 'string') return notGithub();
  if (object.type === 'commit') return told(object.sha);
  return missing(`the tag ${tag} names no commit, but a ${object.type}`, 'Tag a commit');
}

/** GitHub hides what a token may not see behind "not found": whether the repository itself can be seen tells. */
async function hidden(
  { client, at, signal }: GithubScene,
  { owner, name }: CodeRepository,
  remember: (error: unknown) => void,
) {
  try {
    await client.rest.repos.get({ ...at, request: { signal } });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    remember(error);
    if (!isNotFound(error)) return githubTrouble(error);
    return unknown(
      `GitHub shows no repository ${owner}/${name} to this worker`,
      'Correct the repository in fairway.yaml; for a private one, FAIRWAY_GITHUB_TOKEN has to be a token that may read it',
    );
  }
}

function waiting(until: number): Answer<never> {
  const time = new Date(until).toISOString().slice(11, 16);
  return unknown(
    `GitHub takes no more questions until ${time} UTC: its rate limit is reached`,
    'It is asked again by itself',
  );
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}
