/** The server that skips time does not skip any more once attempts were cut off: this stands alone. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/client';
import { failureTypes } from '../../src/domain/failures.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';
import { aftermathScene, asked, type Scene } from '../support/aftermath-scene.ts';
import { eventually } from '../support/eventually.ts';
import { type World } from '../support/fake-world.ts';
import { lastStatus } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

jest.setTimeout(240_000);

const to = 'example/shop:4.1.0';
const version = { version: '4.1.0' };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const scene = (environment: object, work: (scene: Scene) => Promise<void>) =>
  aftermathScene(bench, environment, work);

/** When something happened in a workflow, in milliseconds since 1970: its start and its last event. */
async function spanOf(workflowId: string): Promise<{ readonly start: number; readonly end: number }> {
  const { events = [] } = await bench.env.client.workflow.getHandle(workflowId).fetchHistory();
  const times = (events ?? []).map(({ eventTime }) => Number(eventTime?.seconds) * 1_000);
  return { start: times[0] ?? NaN, end: times.at(-1) ?? NaN };
}

function endOf(status: ReleaseStatus, step: string): number {
  return Date.parse(status.steps.find(({ name }) => name === step)?.endedAt ?? '');
}

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
      const incident = await spanOf(status.incident?.workflowId ?? '');
      expect(incident.start - back).toBeLessThan(10_000);
      const holder = await spanOf('target:shop:dev');
      expect(holder.end - back).toBeLessThan(200_000);
      await eventually(
        () => vendors.heard,
        (heard) => heard.includes('ticket'),
      );
      expect(vendors.heard).toContain('page fairway:shop:dev error');
    });
  });
});
