import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { configurationReference } from '../../local/reference/configuration.ts';
import { environmentReference } from '../../local/reference/environment.ts';
import { messagesReference } from '../../local/reference/messages.ts';
import { rightsReference } from '../../local/reference/rights.ts';
import { failureMeanings, workflowsReference } from '../../local/reference/workflows.ts';
import { secretVariables, tracingVariables } from '../../src/config/environment-variables.ts';
import { configurationJsonSchema } from '../../src/config/json-schema.ts';
import { help } from '../../src/worker/arguments.ts';

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

test('the list of secrets is what Fairway reads, and the texts that people read name all of it', async () => {
  const names = Object.keys(secretVariables);
  const reader = await readFile(new URL('src/config/secrets.ts', root), 'utf8');
  const read = [...reader.matchAll(/given\('(\w+)'\)/g)].map(([, name]) => name);
  expect(names.sort()).toEqual([...new Set(read)].sort());
  const [introduction = ''] = configurationReference(configurationJsonSchema()).split('\n## ');
  for (const name of names) {
    for (const text of [help, introduction, environmentReference()]) expect(text).toContain(name);
  }
});

test('all of them but an address for a proxy can be given by the chart and by docker-compose.yml', async () => {
  const files = ['deploy/fairway/values.yaml', 'docs/operator/helm-chart.md', 'docker-compose.yml'];
  for (const file of [...files, 'deploy/compose/.env.example']) {
    const text = await readFile(new URL(file, root), 'utf8');
    const missing = Object.keys(secretVariables).filter((name) => !text.includes(name));
    expect({ file, missing }).toEqual({ file, missing: ['SLACK_API_URL'] });
  }
});

test('every variable of OpenTelemetry that the code asks for is on the page of variables', async () => {
  const page = environmentReference();
  const reader = await readFile(new URL('src/worker/tracing.ts', root), 'utf8');
  const read = [...reader.matchAll(/\['(OTEL_\w+)'\]/g)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(3);
  for (const name of [...read, ...Object.keys(tracingVariables)]) expect(page).toContain(`\`${name}\``);
});

test("TenSafe's file tells editors where the schema is", async () => {
  const file = new URL('profiles/tensafe/fairway.yaml', root);
  const [first] = (await readFile(file, 'utf8')).split('\n');
  const path = first?.match(/^# yaml-language-server: \$schema=(\S+)$/)?.[1];
  expect(new URL(path ?? 'nowhere', file)).toEqual(new URL('fairway.schema.json', root));
});
