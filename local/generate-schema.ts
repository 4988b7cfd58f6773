/** Writes what is generated: the JSON Schema for editors, the reference pages, and the rights that the chart grants. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { configurationJsonSchema } from '../src/config/json-schema.ts';
import { chartRights } from './chart-rights.ts';
import { configurationReference } from './reference/configuration.ts';
import { environmentReference } from './reference/environment.ts';
import { messagesReference } from './reference/messages.ts';
import { rightsReference } from './reference/rights.ts';
import { workflowsReference } from './reference/workflows.ts';

const schema = configurationJsonSchema();
await write('fairway.schema.json', JSON.stringify(schema));
await write('docs/reference/configuration.md', configurationReference(schema));
await write('docs/reference/workflows.md', workflowsReference());
await write('docs/reference/messages.md', messagesReference());
await write('docs/reference/environment-variables.md', environmentReference());
await write('docs/reference/rights.md', rightsReference());
await write('deploy/fairway/files/rights.yaml', chartRights());

async function write(path: string, text: string): Promise<void> {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(`wrote ${path}`);
}
