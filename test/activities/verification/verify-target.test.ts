import { expect, test } from '@jest/globals';
import { aNamespace, useCluster } from '../../support/cluster.ts';
import { installWorkload } from '../../support/cluster-workload.ts';
import { health, http, realCluster, rolledOut, runbookChecks, targetIn, verify } from './bench.ts';
import type { CheckSpec, VerificationReport } from '../../../src/domain/check.ts';

const cluster = useCluster();

async function install(tag: string, replicas = 2): Promise<string> {
  const namespace = await aNamespace(cluster());
  await installWorkload(cluster(), { namespace, tag, replicas });
  await rolledOut(cluster(), namespace);
  return namespace;
}

test('a healthy target passes every check of the runbook, on all its pods', async () => {
  const namespace = await install('4.1.0', 3);
  const report = await verify(realCluster(cluster()), targetIn(namespace, runbookChecks), {
    image: 'tensafe/server:4.1.0',
  });
  expect(report.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(report).toMatchObject({ verdict: 'pass', warnings: [], pods: 3 });
  console.log(JSON.stringify(report, null, 1));
});
void http; void health; 
export type X = CheckSpec | VerificationReport;
