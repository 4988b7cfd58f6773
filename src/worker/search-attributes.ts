/** Creates the search attributes that lists in the Temporal UI are filtered by, where that is allowed. */
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import { searchAttributeNames } from '../domain/search-attributes.ts';
import { StartError } from './start-error.ts';

const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

/** Throws `StartError` with the commands to run when they are missing and may not be created. */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const missing = await missingAttributes(connection, namespace).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The search attributes of namespace "${namespace}" cannot be read: ${why}. ` +
        "Let this worker's certificate or API key read the namespace.",
    );
  });
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD])),
    });
  } catch (error) {
    // Another worker that starts at the same moment may have been first.
    if ((await missingAttributes(connection, namespace)).length === 0) return;
    const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new StartError(
      `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, and this worker may not create them ` +
        `(${error instanceof Error ? error.message : String(error)}). ` +
        `Ask an administrator to run: temporal operator search-attribute create --namespace ${namespace} ${flags}`,
    );
  }
}

async function missingAttributes(connection: NativeConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.values(searchAttributeNames).filter((name) => !(name in customAttributes));
}
