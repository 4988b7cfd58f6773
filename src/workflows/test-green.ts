/** Green is tested before it gets any traffic: every check of the service, then its smoke tests. */
import type { BlueGreenPlan } from '../domain/blue-green-plan.ts';
import { failedSmokeTest } from '../domain/failed-judgements.ts';
import { failureTypes } from '../domain/failures.ts';
import { versionOf } from '../domain/version-of.ts';
import type { Stage } from './conduct.ts';
import { failureOf } from './failure.ts';
import { ofDeployment } from './of-deployment.ts';
import { stepKey } from './progress.ts';
import { verify } from './verify.ts';

/** One line: what passed. */
export async function testGreen(stage: Stage, plan: BlueGreenPlan): Promise<string> {
  const { target, cluster } = stage;
  const green = plan.track.deployment;
  const report = await verify({ ...stage, target: ofDeployment(target, green) }, cluster, plan.to);
  for (const test of plan.smokeTests) {
    const result = await cluster
      .smoke(test.timeoutSeconds)
      .runSmokeTest.executeWithOptions({ summary: `${test.name} against ${green}` }, [
        { target, deployment: green, test, key: stepKey(`smoke-${test.name}`) },
      ]);
    if (result.verdict !== 'pass') {
      const seen = result.evidence.map(({ detail }) => detail).join('; ');
      throw failureOf(
        { deployment: green, image: plan.to, judged: failedSmokeTest(result) },
        failureTypes.verificationFailed,
        `smoke test "${test.name}" of ${versionOf(plan.to)}: ${result.summary}${seen === '' ? '' : ` (${seen})`}`,
      );
    }
  }
  const smoke = plan.smokeTests.length === 0 ? '' : `, ${plan.smokeTests.length} smoke tests passed`;
  return `${report.summary}${smoke}`;
}
