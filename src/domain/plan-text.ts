/** A plan as people read it before it runs: one line a step, plain text. */
import type { AnalysisSpec } from './analysis.ts';
import type { BlueGreenPlan } from './blue-green-plan.ts';
import { capacityNotes } from './capacity.ts';
import type { CanaryPlan, PlannedStep } from './canary-plan.ts';
import { hygieneNotes } from './pod-hygiene.ts';
import type { StandardPlan } from './standard-plan.ts';
import { selectorWords } from './service-selector.ts';
import { durationWords } from './status-details.ts';
import { leavesAtOnce } from './surge.ts';
import { weightWords } from './weights.ts';
import { versionOf } from './version-of.ts';

export type AnyPlan = StandardPlan | CanaryPlan | BlueGreenPlan;

export function planText(plan: AnyPlan): string {
  const { heading, steps, facts } = partsOf(plan);
  return [
    `${heading} of ${plan.recorded.deployment.name}: ${plan.from} → ${plan.to}`,
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    ...[...facts, ...hygieneNotes(plan.recorded.deployment)].map((fact) => `- ${fact}`),
  ].join('\n');
}

function partsOf(plan: AnyPlan): Parts {
  switch (plan.strategy) {
    case 'standard':
      return standard(plan);
    case 'canary':
      return canary(plan);
    case 'blueGreen':
      return blueGreen(plan);
  }
}

interface Parts {
  readonly heading: string;
  readonly steps: readonly string[];
  readonly facts: readonly string[];
}

function standard({ recorded: { deployment }, to, from, method }: StandardPlan): Parts {
  return {
    heading: 'Standard deployment',
    steps: [
      `${deployment.name} to ${versionOf(to)} by ${method}: ${pods(deployment.replicas)}, replaced as its rolling update says`,
      'Verify',
    ],
    facts: [`Whatever fails returns it to ${versionOf(from)}.`, ...capacityNotes(deployment)],
  };
}

function canary(plan: CanaryPlan): Parts {
  const { deployment } = plan.recorded;
  const declared = plan.steps
    .filter(({ pair }) => leavesAtOnce(pair.stable, plan))
    .map(({ weight }) => weight);
  return {
    heading: 'Canary deployment',
    steps: [
      ...plan.steps.map(stepWords),
      `Finalise: ${deployment.name} to ${versionOf(plan.to)} by ${plan.method}, ${pods(plan.replicas)} ready, then ${plan.track.deployment} goes`,
    ],
    facts: [
      `${pods(plan.replicas)} or more serve at every instant, also on the way back: new ones are ready before others go.`,
      declared.length === 0
        ? `A failing canary leaves once ${deployment.name} is back at ${pods(plan.replicas)}.`
        : `A failing canary leaves at once at ${declared.map(weightWords).join(', ')}: the disruption budget asks for ${plan.minimum} of ${plan.replicas}. At other weights ${deployment.name} is scaled up first.`,
      analysisFact(plan.analysis),
      ...plan.notes,
      ...autoscalerFact(plan),
    ],
  };
}

function stepWords({ weight, actualWeight, pair, bakeSeconds, gate }: PlannedStep): string {
  const real = weightWords(actualWeight);
  const share = weightWords(weight) === real ? real : `${weightWords(weight)} (in pods: ${real})`;
  return `${share}: ${pair.stable} stable + ${pair.canary} canary, ${watched(bakeSeconds)}${gate ? ', then a person promotes' : ''}`;
}

function blueGreen(plan: BlueGreenPlan): Parts {
  const { deployment, service } = plan.recorded;
  const tests = plan.smokeTests.map(({ name }) => name);
  return {
    heading: 'Blue/green deployment',
    steps: [
      `Pin Service ${service.name} to blue: ${selectorWords(plan.selectors.blue)}`,
      `Start green: ${plan.track.deployment} with ${pods(plan.replicas)}, outside the Service`,
      `Test green: ${['the HTTP checks', ...tests].join(', ')}`,
      `${plan.gate ? 'Once a person promotes, switch' : 'Switch'} the Service to green in one patch, ${watched(plan.monitorSeconds)}; back to blue is one patch too`,
      `Finalise: ${deployment.name} to ${versionOf(plan.to)} by ${plan.method}, ${pods(plan.replicas)} ready; blue's pods go no sooner than ${plan.keepSeconds} s after the Service left them`,
      `Restore the selector ${selectorWords(plan.selectors.recorded)}, then ${plan.track.deployment} goes`,
    ],
    facts: [analysisFact(plan.analysis), ...autoscalerFact(plan)],
  };
}

function autoscalerFact({ autoscaler, replicas }: CanaryPlan | BlueGreenPlan): readonly string[] {
  return autoscaler === undefined
    ? []
    : [
        `${autoscaler.kind} ${autoscaler.name} is held at ${pods(replicas)} meanwhile, then restored as it was.`,
      ];
}

function analysisFact({ prometheus, metrics, errorLogs }: AnalysisSpec): string {
  const fromPods = ['health', 'restarts', ...(errorLogs === undefined ? [] : ['error logs'])].join(', ');
  return prometheus === undefined || metrics.length === 0
    ? `Judged by what the pods show (${fromPods}) only: ${metrics.length === 0 ? 'no metrics are configured' : 'no Prometheus is configured here'}.`
    : `Judged by ${metrics.map(({ name }) => name).join(', ')} against stable in the same window, and by the pods' ${fromPods}.`;
}

function watched(seconds: number): string {
  return seconds === 0 ? 'not watched' : `watched ${durationWords(seconds * 1_000)}`;
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
