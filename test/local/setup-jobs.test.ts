import { expect, test } from '@jest/globals';

import { runJobs } from '../../local/jobs.ts';

test('where there is no terminal, each change of phase, a sign of life and the end are lines', async () => {
  const lines: string[] = [];
  await runJobs(
    [
      {
        title: 'etcd v1',
        run: async (report) => {
          report('building');
          report('building, 3 packages compiled');
          await new Promise((resolve) => setTimeout(resolve, 120));
        },
      },
    ],
    { terminal: false, log: (line) => lines.push(line), heartbeatMs: 100 },
  );
  expect(lines).toEqual([
    'etcd v1: building',
    expect.stringMatching(/^etcd v1: building, 3 packages compiled, \d+ s$/),
    expect.stringMatching(/^etcd v1: ready after \d+ s$/),
  ]);
});

test.each([true, false])(
  'the first failure ends the other jobs and is thrown (terminal: %s)',
  async (terminal) => {
    let ended = false;
    const failing = { title: 'a', run: () => Promise.reject(new Error('no luck')) };
    const patient = {
      title: 'b',
      run: (_: unknown, signal: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            ended = true;
            reject(new Error('ended'));
          });
        }),
    };
    await expect(runJobs([patient, failing], { terminal, log: () => {} })).rejects.toThrow('no luck');
    expect(ended).toBe(true);
  },
);
