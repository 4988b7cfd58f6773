/** Good and bad releases of each strategy, and every call that each of them makes to the cluster. */
import { blueGreenStories } from './stories-blue-green.ts';
import { canaryStories } from './stories-canary.ts';
import { rollbackStories } from './stories-rollback.ts';
import { standardStories } from './stories-standard.ts';
import type { Story } from './story.ts';

/** Those that take longest first. */
export const stories: readonly Story[] = [
  ...blueGreenStories,
  ...canaryStories,
  ...standardStories,
  ...rollbackStories,
];
