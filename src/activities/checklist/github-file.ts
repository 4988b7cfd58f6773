import { told, unknown, type Answer } from './answer.ts';
import type { TaggedFile } from './code-host.ts';
import { notGithub } from './github-trouble.ts';
import type { GithubScene } from './github.ts';
import { maxFileBytes } from './limits.ts';

/** A file as it is at a commit. GitHub sends the content along up to 1 MB; beyond, it is asked for as it is. */
export async function readFileAt(
  { client, at, signal }: GithubScene,
  path: string,
  commit: string,
): Promise<Answer<TaggedFile>> {
  const wanted = { ...at, path, ref: commit, request: { signal } };
  const { data } = await client.rest.repos.getContent(wanted);
  if (typeof data !== 'object') return notGithub();
  if (Array.isArray(data) || data.type !== 'file')
    return unknown(`${path} is not a file`, 'Correct the path in fairway.yaml');
  const link = typeof data.html_url === 'string' ? { link: data.html_url } : {};
  if (data.encoding === 'base64')
    return told({ text: Buffer.from(data.content, 'base64').toString('utf8'), ...link });
  if (data.size > maxFileBytes)
    return unknown(`${path} is larger than ${maxFileBytes} bytes`, 'Name a smaller file in fairway.yaml');
  const { data: raw } = await client.rest.repos.getContent({ ...wanted, mediaType: { format: 'raw' } });
  return told({ text: asText(raw), ...link });
}

/** The client decodes what says that it is text, and hands over the bytes of anything else. */
function asText(raw: unknown): string {
  return raw instanceof ArrayBuffer ? Buffer.from(raw).toString('utf8') : String(raw);
}
