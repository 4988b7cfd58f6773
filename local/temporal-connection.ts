import { Connection } from '@temporalio/client';

/** A busy machine may need longer than the ten seconds that the client gives a server to answer. */
export const connectTimeout = '120s';

export function connectTo(address: string): Promise<Connection> {
  return Connection.connect({ address, connectTimeout });
}
