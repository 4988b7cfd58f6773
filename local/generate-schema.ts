/** Writes what is generated from the configuration's schema: the JSON Schema for editors, and its reference page. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { configurationJsonSchema } from '../src/config/json-schema.ts';
import { configurationReference } from './configuration-reference.ts';

const schema = configurationJsonSchema();
await write('fairway.schema.json', JSON.stringify(schema));
await write('docs/reference/configuration.md', configurationReference(schema));

async function write(path: string, text: string): Promise<void> {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(`wrote ${path}`);
}
