/** The server that skips time does not skip any more once attempts were cut off: this stands alone. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import { aftermathScene, asked, endOf, type Scene, spanOf } from '../support/aftermath-scene.ts';
import { eventually } from '../support/eventually.ts';
import { type World } from '../support/fake-world.ts';
import { lastStatus } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

const to = 'example/shop:4.1.0';
const version = { version: '4.1.0' };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const scene = (environment: object, work: (scene: Scene) => Promise<void>) =>
  aftermathScene(bench, environment, work);

function slackIsAway(world: World): void {
  world.interfere = (activity) => {
    if (activity === 'postMessage' || activity === 'updateMessage')
      throw ApplicationFailure.create({ message: 'no answer', type: failureTypes.slackUnavailable });
  };
}

describe('while Slack is away for ever', () => {
  test('whoever is on call is woken at once, and the target is free three minutes later', async () => {
    await scene(asked, async ({ world, vendors, start }) => {
      world.brokenImages.add(to);
      slackIsAway(world);
      const handle = await start('standardDeployment', version);
      const status = await lastStatus(handle);
      expect(status.outcome).toBe('rolledBack');
      expect(status.notes.join()).toContain('Slack was not told: no answer');
      const back = endOf(status, 'Roll back');
      const incident = await spanOf(bench, status.incident?.workflowId ?? '');
      expect(incident.start - back).toBeLessThan(60_000);
      const holder = await spanOf(bench, 'target:shop:dev');
      expect(holder.end - back).toBeLessThan(240_000);
      await eventually(
        () => vendors.heard,
        (heard) => heard.includes('ticket'),
      );
      expect(vendors.heard).toContain('page fairway:shop:dev error');
    });
  }, 600_000);
});
