/**
 * No node takes the pods. The scheduler names a reason for each node; the one is told that a person would
 * change first: nodes that fit but for room count more than nodes that were never meant for these pods.
 */
import { aboutScheduling, type DiagnosisRule } from './diagnosis-rule.ts';
import type { DiagnosisObservation } from './diagnosis-observation.ts';
import { mostFrequent, pods } from './diagnosis-look.ts';
import { reasonsOfUsable, usableNodes } from './diagnosis-nodes.ts';
import { obstacles, type Obstacle } from './diagnosis-obstacles.ts';
import { aboutVolumes, volumeRules } from './diagnosis-volumes.ts';
import { schedulerWords } from './diagnosis-scheduler-words.ts';

export const schedulingRules: readonly DiagnosisRule[] = obstacles.map(({ id, words }) => ({
  id,
  look: (seen) => {
    const stuck = stuckPods(seen);
    if (stuck === undefined) return [];
    const chosen = choose(stuck.message, seen);
    if (chosen?.obstacle.id !== id) return [];
    return [
      {
        about: aboutScheduling,
        ...words({ count: stuck.pods.length, message: stuck.message, part: chosen.part }, seen),
        evidence: stuck.pods.map(({ name, detail }) => ({ subject: `pod ${name}`, detail })),
      },
    ];
  },
}));

function stuckPods(seen: DiagnosisObservation) {
  const stuck = pods(seen).flatMap(({ name, scheduled }) =>
    scheduled?.status === 'False' && scheduled.reason === 'Unschedulable'
      ? [{ name, detail: scheduled.message }]
      : [],
  );
  const message = mostFrequent(stuck.map(({ detail }) => detail));
  if (message === undefined) return undefined;
  // Told by the rules about volumes, as far as those could see.
  const isTold = aboutVolumes.test(message) && volumeRules.some(({ look }) => look(seen).length > 0);
  return isTold ? undefined : { pods: stuck, message };
}

function choose(message: string, seen: DiagnosisObservation) {
  const { reasons } = schedulerWords(message);
  const said = reasons.length === 0 ? [message] : reasons.map(({ words }) => words);
  const parts = reasonsOfUsable(said, seen);
  const ordered = fitsNowhere(seen) ? [...obstacles].sort(selectorFirst) : obstacles;
  for (const obstacle of ordered) {
    const part = parts.find((each) => obstacle.pattern.test(each));
    if (part !== undefined) return { obstacle, part };
  }
  return undefined;
}

/** A taint or a cordon on nodes that the selector does not mean is beside the point. */
function selectorFirst(a: Obstacle, b: Obstacle): number {
  return Number(b.id === 'node-selector-unmatched') - Number(a.id === 'node-selector-unmatched');
}

/** No node has the selector's labels, as far as nodes were seen. */
function fitsNowhere(seen: DiagnosisObservation): boolean {
  const hasSelector = Object.keys(seen.workload?.nodeSelector ?? {}).length > 0;
  return seen.nodes.state === 'seen' && hasSelector && usableNodes(seen).length === 0;
}
