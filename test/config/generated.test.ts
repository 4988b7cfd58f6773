import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { configurationReference } from '../../local/reference/configuration.ts';
import { environmentReference, environmentVariables } from '../../local/reference/environment.ts';
import { messagesReference } from '../../local/reference/messages.ts';
import { rightsReference } from '../../local/reference/rights.ts';
import { failureMeanings, workflowsReference } from '../../local/reference/workflows.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';

const root = new URL('../../', import.meta.url);

test('the committed JSON Schema is the one that src/config makes (else: npm run schema)', async () => {
  const committed: unknown = JSON.parse(await readFile(new URL('fairway.schema.json', root), 'utf8'));
  expect(committed).toEqual(configurationJsonSchema());
});

test.each([
  ['configuration', () => configurationReference(configurationJsonSchema())],
  ['workflows', workflowsReference],
  ['messages', messagesReference],
  ['environment-variables', environmentReference],
  ['rights', rightsReference],
])(
  'the committed reference page "%s" is what the sources make (else: npm run schema)',
  async (name, make) => {
    const file = new URL(`docs/reference/${name}.md`, root);
    const options = { ...(await resolveConfig(file)), parser: 'markdown' };
    expect(await readFile(file, 'utf8')).toBe(await format(make(), options));
  },
);

test('a failure type without a meaning of its own does not borrow the one above it', () => {
  const told = ["  /** helm's own words. */", "  helmFailed: 'HelmFailed',"];
  expect(failureMeanings(told.join('\n'))).toEqual([['HelmFailed', "helm's own words."]]);
  const untold = [...told, "  helmMissing: 'HelmMissing',"].join('\n');
  expect(() => failureMeanings(untold)).toThrow('says nothing of what HelmMissing means');
});

test('the reference has every variable that Fairway reads', async () => {
  const secrets = await readFile(new URL('src/config/secrets.ts', root), 'utf8');
  const read = [...secrets.matchAll(/given\('(\w+)'\)/g)].map(([, name]) => name);
  expect(Object.keys(environmentVariables).sort()).toEqual([...new Set(read)].sort());
});

test("TenSafe's file tells editors where the schema is", async () => {
  const file = new URL('profiles/tensafe/fairway.yaml', root);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  const path = first?.match(/^# yaml-language-server: \$schema=(\S+)$/)?.[1];
  expect(new URL(path ?? 'nowhere', file)).toEqual(new URL('fairway.schema.json', root));
});
