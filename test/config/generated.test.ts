import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { configurationReference } from '../../local/configuration-reference.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';

const root = new URL('../../', import.meta.url);

test('the committed JSON Schema is the one that src/config makes (else: npm run schema)', async () => {
  const committed: unknown = JSON.parse(await readFile(new URL('fairway.schema.json', root), 'utf8'));
  expect(committed).toEqual(configurationJsonSchema());
});

test('the committed reference page is the one that src/config makes (else: npm run schema)', async () => {
  const file = new URL('docs/reference/configuration.md', root);
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  expect(await readFile(file, 'utf8')).toBe(
    await format(configurationReference(configurationJsonSchema()), options),
  );
});

test("TenSafe's file tells editors where the schema is", async () => {
  const file = new URL('profiles/tensafe/fairway.yaml', root);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  const path = first?.match(/^# yaml-language-server: \$schema=(\S+)$/)?.[1];
  expect(new URL(path ?? 'nowhere', file)).toEqual(new URL('fairway.schema.json', root));
});
