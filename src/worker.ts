/** Entry point of a worker process. */
import { runWorker } from './worker/run-worker.ts';

// The SDK's runtime may keep a process alive that has nothing left to do; what it had to say is written by now.
process.exit(await runWorker(process.argv.slice(2)));
