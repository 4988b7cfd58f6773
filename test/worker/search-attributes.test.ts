/** Against a real Temporal server that lets only its administrators create search attributes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, type NativeConnection } from '@temporalio/worker';
import { searchAttributeNames } from '../../src/domain/search-attributes.ts';
import { connectToTemporal } from '../../src/worker/connection.ts';
import { ensureSearchAttributes } from '../../src/worker/search-attributes.ts';
import {
  keysOnly,
  namespace,
  startSecuredTemporal,
  type SecuredTemporal,
} from '../support/secured-temporal.ts';
import { eventually } from '../support/eventually.ts';
import { openWorkerScene } from '../support/worker-scene.ts';

/** A Temporal server is built when it is not in the cache. */
const buildMilliseconds = 40 * 60_000;

let temporal: SecuredTemporal;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startSecuredTemporal();
}, buildMilliseconds);
afterAll(() => temporal.stop());

function variables(...permissions: readonly string[]): Record<string, string> {
  return {
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: temporal.authority.certificate,
    TEMPORAL_TLS_SERVER_NAME: keysOnly,
    TEMPORAL_API_KEY: temporal.apiKey(...permissions),
  };
}

async function connect(...permissions: readonly string[]): Promise<NativeConnection> {
  const { connection } = await connectToTemporal({
    ...variables(...permissions),
    TEMPORAL_ADDRESS: temporal.address,
  });
  return connection;
}

const names = Object.values(searchAttributeNames);

test('a worker that may not create them does not start, and has the command for those who may', async () => {
  const scene = await openWorkerScene();
  try {
    const worker = scene.start({
      temporalAddress: temporal.address,
      env: variables(`${namespace}:write`),
    });
    expect(await worker.ended).toBe(1);
    // What it wrote is written down a moment after it has ended.
    const log = await eventually(scene.log, (text) => text.includes('Ask an administrator'));
    expect(log).toContain(
      `Namespace "shop" lacks the search attributes ${names.join(', ')}, and this worker`,
    );
    expect(log).toContain(
      'Ask an administrator to run: temporal operator search-attribute create --namespace shop ' +
        names.map((name) => `--name ${name} --type Keyword`).join(' '),
    );
    expect(log).not.toMatch(/^\s+at /m);
  } finally {
    await scene.close();
  }
});

test('workers that start at the same moment all go on, whoever creates them', async () => {
  const [administrator, other] = await Promise.all([
    connect('temporal-system:admin', `${namespace}:admin`),
    connect(`${namespace}:write`),
  ]);
  const { operatorService } = other;
  let refused: unknown;
  // It has looked, and may not create them; two others have done so before it tries.
  const late = {
    listSearchAttributes: operatorService.listSearchAttributes.bind(operatorService),
    addSearchAttributes: async (request: Parameters<typeof operatorService.addSearchAttributes>[0]) => {
      await Promise.all([1, 2].map(() => ensureSearchAttributes(administrator, namespace)));
      return operatorService.addSearchAttributes(request).catch((error: unknown) => {
        refused = error;
        throw error;
      });
    },
  };
  try {
    await ensureSearchAttributes({ operatorService: late } as unknown as NativeConnection, namespace);
    expect(String(refused)).toContain('unauthorized');
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(names));
  } finally {
    await Promise.all([administrator.close(), other.close()]);
  }
});
