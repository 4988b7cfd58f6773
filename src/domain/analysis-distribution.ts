import {
  maxComparedSamples,
  minimumOwnSamples,
  significance,
  strictSignificance,
} from './analysis-defaults.ts';
import type { DistributionFacts, DistributionSpec, Finding } from './analysis-facts.ts';
import { counted, isMore, percent, rounded } from './analysis-numbers.ts';
import type { Verdict } from './check.ts';
import { hodgesLehmann, median } from './hodges-lehmann.ts';
import { mannWhitney } from './mann-whitney.ts';
import { binomialTail } from './proportions.ts';

/**
 * Samples of a quantity, such as latency. Worse than stable: the Hodges–Lehmann shift is more than the
 * tolerance (a part of stable's median) and more than chance explains (Mann–Whitney U). Order and
 * proportions alone decide, so the unit of the samples changes nothing.
 */
export function judgeDistribution(facts: DistributionFacts): Finding {
  const { spec, candidate, overlap } = facts;
  const finding = (verdict: Verdict, summary: string, clear = false): Finding => {
    const { name, critical } = spec;
    return { name, verdict, critical, summary: `${name} ${summary}`, evidence: [], clear };
  };
  if (candidate.state !== 'measured') return finding('inconclusive', `not known: ${candidate.reason}`);
  const needed = samplesNeeded(facts);
  const here = usable(candidate.value);
  if (here.length < needed) {
    const few = `${counted(here.length, 'sample')} on the new track`;
    return finding('inconclusive', `${few}, fewer than the ${needed} that a verdict needs`);
  }
  const seen = rounded(median(here));
  const compared = compareWithStable(facts, here);
  const { limit } = spec;
  if (limit !== undefined && isPast(spec, median(here), limit)) {
    const past = here.filter((value) => isPast(spec, value, limit)).length;
    const own = { failed: Math.floor(past / overlap), total: Math.floor(here.length / overlap) };
    const clear = binomialTail(own, 0.5) < strictSignificance;
    const side = spec.worse === 'higher' ? 'above' : 'below';
    return finding('fail', `${seen}, ${side} the limit of ${rounded(limit)}`, clear || compared.clear);
  }
  return finding(compared.verdict, `${seen}${compared.text}`, compared.clear);
}

interface Compared {
  readonly verdict: Verdict;
  readonly text: string;
  readonly clear: boolean;
}

function compareWithStable(facts: DistributionFacts, here: readonly number[]): Compared {
  const { spec, stable, overlap } = facts;
  const result = (verdict: Verdict, text: string, clear = false): Compared => ({ verdict, text, clear });
  if (stable.state === 'unknown') return result('inconclusive', `; stable not known: ${stable.reason}`);
  if (stable.state === 'empty') return alone(spec, `nothing to compare with (stable: ${stable.reason})`);
  const there = usable(stable.value);
  if (there.length < samplesNeeded(facts)) {
    return alone(spec, `too little to compare with (${counted(there.length, 'sample')} on stable)`);
  }
  const sign = spec.worse === 'higher' ? 1 : -1;
  const [worseUp, reference] = [here.map((value) => value * sign), there.map((value) => value * sign)];
  const allowed = Math.abs(median(there)) * spec.tolerance;
  const shift = hodgesLehmann(worseUp, reference, overlap);
  const chance = mannWhitney(worseUp, reference, overlap).greater;
  const compared = ` against ${rounded(median(there))} on stable`;
  if (!isMore(shift.estimate, allowed)) return result('pass', compared);
  const by = described(shift.estimate, Math.abs(median(there)), spec.worse);
  if (chance >= significance) return result('pass', `${compared}: ${by}, which chance explains`);
  const clear = chance < strictSignificance && isMore(shift.low, allowed);
  return result('fail', `${compared}: ${by}, 98 % interval ${interval(shift, sign)}`, clear);
}

/** Where stable has no traffic, as after a switch, only a limit can decide. */
function alone({ limit }: DistributionSpec, why: string): Compared {
  return limit === undefined
    ? { verdict: 'inconclusive', text: `; ${why}, and there is no limit`, clear: false }
    : { verdict: 'pass', text: `, within the limit of ${rounded(limit)}; ${why}`, clear: false };
}

function samplesNeeded({ spec, overlap }: DistributionFacts): number {
  return Math.max(spec.minimumSamples, Math.ceil(minimumOwnSamples * overlap));
}

function described(shift: number, usual: number, worse: 'higher' | 'lower'): string {
  return usual > 0 ? `${percent(shift / usual)} ${worse}` : `${rounded(shift)} ${worse}`;
}

function interval({ low, high }: { readonly low: number; readonly high: number }, sign: number): string {
  const [a, b] = sign === 1 ? [low, high] : [-high, -low];
  return `${rounded(a)} to ${rounded(b)}`;
}

function isPast({ worse }: DistributionSpec, value: number, limit: number): boolean {
  return worse === 'higher' ? isMore(value, limit) : isMore(limit, value);
}

/** Numbers only, thinned evenly to what is worth comparing. */
function usable(samples: readonly number[]): readonly number[] {
  const finite = samples.filter(Number.isFinite);
  if (finite.length <= maxComparedSamples) return finite;
  const every = finite.length / maxComparedSamples;
  return Array.from({ length: maxComparedSamples }, (_, i) => finite[Math.floor(i * every)] ?? 0);
}
