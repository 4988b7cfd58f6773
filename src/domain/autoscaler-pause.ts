/** A release's pause of an autoscaler, as people meet it: what holds it, and how it is ended by hand. */
import type { AutoscalerRef } from './observation.ts';

/** On the autoscaler: who paused it, and what it was set to before. */
export const pauseAnnotation = 'fairway.dev/paused';

const resources = { HorizontalPodAutoscaler: 'hpa', ScaledObject: 'scaledobject' } as const;

/** A command that puts it back to what it was before any release held it. */
export function freedByHand({ kind, name, settings }: AutoscalerRef, namespace: string): string {
  const on = `${resources[kind]} ${name} -n ${namespace}`;
  if (settings === undefined) {
    const path = pauseAnnotation.replaceAll('.', '\\.');
    return `kubectl get ${on} -o jsonpath='{.metadata.annotations.${path}}' shows as "recorded" what to put back; then kubectl annotate ${on} ${pauseAnnotation}-`;
  }
  const marks = { [pauseAnnotation]: null };
  const patch =
    kind === 'ScaledObject'
      ? { metadata: { annotations: { ...settings, ...marks } } }
      : { metadata: { annotations: marks }, spec: settings };
  return `kubectl patch ${on} --type=merge -p '${JSON.stringify(patch)}'`;
}

/** What to know about one that an earlier release left held; `undefined`: none did. */
export function heldNote(autoscaler: AutoscalerRef, namespace: string): string | undefined {
  const { kind, name, heldBy } = autoscaler;
  if (heldBy === undefined) return undefined;
  return `${kind} ${name} does not scale: a release that ended without letting it go holds it still (${heldBy}). A canary or blue/green deployment lets it go at its end; by hand: ${freedByHand(autoscaler, namespace)}`;
}
