import { relative, sep } from 'node:path';
import Sequencer from '@jest/test-sequencer';

// Folders whose files take longest, mostly waiting: what begins last has nothing to wait beside.
const longestFirst = ['faults', 'integration', 'docs', 'worker', 'activities', 'workflows'];

/** Folder by folder, and within one as Jest does, which knows only how large a file is until it has run once. */
export default class TestOrder extends Sequencer {
  sort(tests) {
    const rank = ({ path, context }) => {
      const [, folder] = relative(context.config.rootDir, path).split(sep);
      const at = longestFirst.indexOf(folder);
      return at < 0 ? longestFirst.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}
