/** What docs/guides/incidents.md shows is true. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { createConfiguration } from '../../src/config/configuration.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import { readSecrets } from '../../src/config/secrets.ts';
import { ticketTitle } from '../../src/domain/incident-text.ts';
import { linkPlaceholders } from '../../src/domain/links.ts';
import { anIncident } from '../support/an-incident.ts';

const guide = await readFile(new URL('../../docs/guides/incidents.md', import.meta.url), 'utf8');

test('its example is a configuration in which everything is asked for', () => {
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(guide) ?? [];
  const { environment, temporalUi } = createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(`${text}\nservices: { shop: { image: example/shop } }\n`, 'guide.yaml'),
  ).resolveTarget({ service: 'shop', environment: 'production' });
  expect(Object.keys(environment.incidents ?? {}).sort()).toEqual([
    'logsUrl',
    'metricsUrl',
    'postMortem',
    'severities',
    'severity',
    'ticket',
    'webhook',
  ]);
  expect(temporalUi).toBe('https://temporal.example.com');
});

test("the operator's guide has who is woken and what is written down, in a form that is read", async () => {
  const page = await readFile(new URL('../../docs/operator/guide.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const shown = blocks.find((text) => text.includes('paging:')) ?? '';
  const { environment } = createConfiguration(
    '/srv/fairway.yaml',
    parseConfiguration(
      `${shown.replace('production:', 'production:\n    cluster: c\n    namespace: n')}\nservices: { shop: { image: example/shop } }\n`,
      'guide.yaml',
    ),
  ).resolveTarget({ service: 'shop', environment: 'production' });
  expect(environment.paging?.on).toEqual(['failed', 'rollbackFailed']);
  expect(environment.incidents).toMatchObject({ postMortem: true, severities: { rollbackFailed: 'SEV1' } });
});

test('its title is one that is made', () => {
  expect(guide).toContain(`\`\`\`\n${ticketTitle(anIncident())}\n\`\`\``);
});

test('it names every placeholder, and variables that are read', () => {
  for (const name of linkPlaceholders) expect(guide).toContain(`\`{{${name}}}\``);
  const [token, secret] = ['FAIRWAY_GITHUB_TOKEN', 'FAIRWAY_WEBHOOK_SECRET'];
  expect(guide).toContain(`| \`${token}\``);
  expect(guide).toContain(`| \`${secret}\``);
  expect(readSecrets({ [token]: 'a', [secret]: 'b' })).toEqual({ github: 'a', webhook: 'b' });
});
