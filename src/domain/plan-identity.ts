/**
 * What people agree to when they approve a plan, as one canonical text: its digest is what an approval is
 * bound to. Two plans with the same text do the same; what only says how the cluster was seen is left out.
 */
import type { AnyPlan } from './plan-text.ts';
import type { Target } from './target.ts';
import { autoscalerOf } from './track-plan.ts';

export function planIdentity({ service, environment }: Target, plan: AnyPlan): string {
  const { deployment, service: kubernetesService } = plan.recorded;
  return canonical({
    service: service.name,
    environment: { name: environment.name, cluster: environment.cluster, namespace: environment.namespace },
    strategy: plan.strategy,
    from: plan.from,
    to: plan.to,
    method: plan.method,
    ...(plan.method === 'helm' ? { helm: service.helm } : {}),
    // The new pods are made from the live template: another template is another plan.
    deployment: { uid: deployment.uid, selector: deployment.selector, template: deployment.templateHash },
    serviceSelector: kubernetesService.selector,
    // An autoscaler changes the number all day; nobody has to be asked again for that.
    ...(autoscalerOf(plan.recorded) === undefined ? { replicas: deployment.replicas } : {}),
    verification: service.verification,
    ...strategyParts(plan),
  });
}

function strategyParts(plan: AnyPlan): object {
  switch (plan.strategy) {
    case 'standard':
      return {};
    case 'canary':
      return {
        steps: plan.steps.map(({ weight, bakeSeconds, gate }) => ({ weight, bakeSeconds, gate })),
        analysis: plan.analysis,
      };
    case 'blueGreen':
      return {
        smokeTests: plan.smokeTests,
        gate: plan.gate,
        monitorSeconds: plan.monitorSeconds,
        keepSeconds: plan.keepSeconds,
        analysis: plan.analysis,
      };
  }
}

/** JSON with the keys of every object in order, so that equal values are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
