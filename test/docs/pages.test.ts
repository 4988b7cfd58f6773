/** No page has commands that nobody types, nor links that lead nowhere. */
import { access, readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { parseReleaseRequest } from '../../src/domain/release-request.ts';
import { parsePersonMessage, type MessageName } from '../../src/domain/person-message.ts';
import { documentedCommands, readPage } from './documented-commands.ts';
import { shellWords } from './shell-words.ts';

const root = new URL('../../', import.meta.url);
const folders = ['docs', 'docs/guides', 'docs/operator', 'docs/reference', 'docs/decisions'];
/** They tell what was decided and why; their commands are examples of that. */
const isRecord = (page: string): boolean => page.startsWith('docs/decisions/');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...(
    await Promise.all(
      folders.map(async (folder) =>
        (await readdir(new URL(folder, root)))
          .filter((name) => name.endsWith('.md'))
          .map((name) => `${folder}/${name}`),
      ),
    )
  ).flat(),
];

/** Where the commands of a page are typed. The guides' own test finds them by itself. */
const typedIn: Readonly<Record<string, string>> = {
  'README.md': 'test/docs/readme-commands.test.ts',
  'docs/operator/guide.md': 'test/docs/operator-commands.test.ts',
  'docs/operator/helm-chart.md': 'test/docs/operator-commands.test.ts',
  'docs/operator/observability.md': 'test/docs/operator-commands.test.ts',
  'docs/operator/compose.md': 'test/integration/compose.test.ts',
  'docs/reference/messages.md': 'test/docs/pages.test.ts',
  'docs/reference/workflows.md': 'test/docs/pages.test.ts',
  // They name the command that makes them.
  'docs/reference/configuration.md': 'test/config/generated.test.ts',
  'docs/reference/environment-variables.md': 'test/config/generated.test.ts',
  'docs/reference/rights.md': 'test/config/generated.test.ts',
  // Needs real pods.
  'docs/benchmarks.md': 'test/real/run.ts',
};

test('every page with commands has a test that types them', async () => {
  const untyped: string[] = [];
  for (const page of pages) {
    if (isRecord(page) || page.startsWith('docs/guides/')) continue;
    if ((await documentedCommands(page)).length === 0) continue;
    const file = typedIn[page];
    if (file === undefined || !(await exists(file))) untyped.push(page);
  }
  expect(untyped).toEqual([]);
});

test('every link of a page leads to a file', async () => {
  const dead: string[] = [];
  for (const page of pages) {
    const links = [...(await readPage(page)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)];
    for (const [, to = ''] of links) {
      if (/^[a-z]+:/.test(to)) continue;
      const file = new URL(to, new URL(page, root)).href.slice(root.href.length);
      if (!(await exists(file))) dead.push(`${page}: ${to}`);
    }
  }
  expect(dead).toEqual([]);
});

async function exists(path: string): Promise<boolean> {
  return access(new URL(path, root)).then(
    () => true,
    () => false,
  );
}

describe('an example of the reference', () => {
  test('of a message is understood', async () => {
    const commands = await documentedCommands('docs/reference/messages.md');
    const signals = commands.filter(({ text }) => text.includes('--name'));
    expect(signals).toHaveLength(9);
    for (const { text } of signals) {
      const name = argument(text, '--name') as MessageName;
      expect(parsePersonMessage(name, JSON.parse(argument(text, '--input')))).toMatchObject({ ok: true });
    }
  });

  test('of a release is understood', async () => {
    const commands = await documentedCommands('docs/reference/workflows.md');
    const starts = commands.filter(({ text }) => text.includes('--type release'));
    expect(starts).toHaveLength(1);
    for (const { text } of starts) {
      expect(parseReleaseRequest(JSON.parse(argument(text, '--input')))).toMatchObject({ ok: true });
    }
  });
});

function argument(text: string, flag: string): string {
  const words = shellWords(text) ?? [];
  return words[words.indexOf(flag) + 1] ?? '';
}
