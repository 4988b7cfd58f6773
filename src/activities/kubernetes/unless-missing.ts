import { statusOf } from './failures.ts';

/** What a read finds; `undefined` when it is not there. Every other error is thrown as it came. */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
