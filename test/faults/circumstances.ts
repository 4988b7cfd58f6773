/** What a person needs to know of a lane where something went wrong. */
import type { Bench } from './bench.ts';
import type { Lane } from './lane.ts';

export async function circumstances(bench: Bench, lane: Lane): Promise<string> {
  const since = bench.capacity.seen(lane.name).map((moment) => JSON.stringify(moment));
  const events = ['get', 'events', '--namespace', lane.name, '--sort-by', '.lastTimestamp'];
  return [
    `${lane.name}: ${await steps(lane)}`,
    since.slice(-60).join('\n'),
    (await bench.cluster.kubectl(events).catch(String)).split('\n').slice(-40).join('\n'),
    await lane.log(),
  ].join('\n\n');
}

async function steps(lane: Lane): Promise<string> {
  try {
    const { steps, reason } = await lane.status();
    return [...steps.map((step) => JSON.stringify(step)), reason].join('\n');
  } catch (error) {
    return String(error);
  }
}
