/** What a case made outside its namespace goes after the file's last test. */
import { afterAll } from '@jest/globals';

const removals: (() => Promise<unknown>)[] = [];

/** Call at the top of a test file that makes failures. */
export function tidyAfterwards(): void {
  afterAll(async () => {
    await Promise.all(removals.splice(0).map((remove) => remove()));
  });
}

export function afterwards(remove: () => Promise<unknown>): void {
  removals.push(remove);
}
