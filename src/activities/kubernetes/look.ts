import { statusOf } from './failures.ts';

/** What a read found out. `forbidden` is the permission check's business, and no reason to stop looking. */
export type Look<T> =
  | { readonly state: 'found'; readonly value: T }
  | { readonly state: 'missing' }
  | { readonly state: 'forbidden' };

export async function look<T>(read: () => Promise<T>): Promise<Look<T>> {
  try {
    return { state: 'found', value: await read() };
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return { state: 'missing' };
    if (status === 403) return { state: 'forbidden' };
    throw error;
  }
}

export function valueOf<T>(seen: Look<T>): T | undefined {
  return seen.state === 'found' ? seen.value : undefined;
}
