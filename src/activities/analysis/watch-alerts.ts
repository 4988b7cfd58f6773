import type { AlertFacts } from '../../domain/analysis-facts.ts';
import type { ReadAlerts } from '../alerting/types.ts';
import type { Scene } from './look.ts';
import type { Window } from './measure.ts';

/** Which alerts fire, and from when on they count; `undefined`: the target names none. */
export async function watchAlerts(
  { input, signal }: Pick<Scene, 'input' | 'signal'>,
  readAlerts: ReadAlerts,
  { start }: Window,
): Promise<AlertFacts | undefined> {
  const { target, since = start } = input;
  const { alerts } = target.service;
  if (alerts === undefined) return undefined;
  return { seen: await readAlerts(alerts, target, signal), since };
}
