import { expect, test } from '@jest/globals';
import { Reports } from '../../src/workflows/reports.ts';

interface Scene {
  readonly reports: Reports;
  readonly sent: number[];
  state: number;
}

/** As many turns as promises that are awaited by others take, and more. */
const manyTurns = 20;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

function aScene(keepsLate = true): Scene {
  const sent: number[] = [];
  const scene: Scene = {
    state: 0,
    sent,
    reports: new Reports(
      async () => {
        sent.push(scene.state);
        await turns(3);
      },
      // As a scope of the SDK does: some turns pass after the work.
      async (work) => {
        await work();
        await turns(2);
      },
      () => keepsLate,
    ),
  };
  return scene;
}

test('whenever something is reported, the last one sent is the newest', async () => {
  for (let later = 0; later < manyTurns; later += 1) {
    const scene = aScene();
    scene.reports.report();
    await turns(later);
    scene.state = 1;
    scene.reports.report();
    await turns(later % 4);
    scene.state = 2;
    scene.reports.report();
    await turns(manyTurns);
    expect({ later, last: scene.sent.at(-1) }).toEqual({ later, last: 2 });
  }
});

test('what changes while one is on its way goes with the next, one by one', async () => {
  const scene = aScene();
  scene.reports.report();
  scene.state = 1;
  scene.reports.report();
  await turns(2);
  for (scene.state = 2; scene.state < 5; scene.state += 1) scene.reports.report();
  await turns(manyTurns);
  expect(scene.sent).toEqual([1, 5]);
});

test('settled is when nothing is on its way, whenever it is asked', async () => {
  for (let later = 0; later < manyTurns; later += 1) {
    const scene = aScene();
    scene.reports.report();
    await turns(later);
    scene.state = 1;
    scene.reports.report();
    await scene.reports.settled();
    expect({ later, last: scene.sent.at(-1) }).toEqual({ later, last: 1 });
  }
});

test('a history in which late ones went unsaid is followed as it was', async () => {
  const lost: number[] = [];
  for (let later = 0; later < manyTurns; later += 1) {
    const scene = aScene(false);
    scene.reports.report();
    await turns(later);
    scene.state = 1;
    scene.reports.report();
    await turns(manyTurns);
    if (scene.sent.at(-1) !== 1) lost.push(later);
  }
  // The turns that the scope takes after its work.
  expect(lost).not.toEqual([]);
});
