import { significance, strictSignificance } from './analysis-defaults.ts';
import type { Finding, Measured, RatioFacts, RatioSpec } from './analysis-facts.ts';
import { counted, isMore, percent } from './analysis-numbers.ts';
import type { Verdict } from './check.ts';
import type { Counts } from './proportions.ts';
import { binomialTail, fisherExact } from './proportions.ts';

/**
 * Failed events of all events. Worse than stable: a higher share, by more than the tolerance and by more
 * than chance explains (Fisher's exact test). The absolute limit holds whatever stable does.
 */
export function judgeRatio({ spec, candidate, stable }: RatioFacts): Finding {
  const finding = (verdict: Verdict, summary: string, clear = false): Finding => {
    const { name, critical } = spec;
    return { name, verdict, critical, summary: `${name} ${summary}`, evidence: [], clear };
  };
  if (candidate.state !== 'measured') return finding('inconclusive', `not known: ${candidate.reason}`);
  const here = wholeCounts(candidate.value);
  if (here === undefined) return finding('inconclusive', `not known: ${impossible(candidate.value)}`);
  if (here.total < Math.max(1, spec.minimumEvents)) {
    const few = `${counted(here.total, 'event')} on the new track, fewer than the ${spec.minimumEvents} that a verdict needs`;
    return finding('inconclusive', `${few} (${here.failed} failed)`);
  }
  const share = here.failed / here.total;
  const compared = compareWithStable(spec, here, stable);
  if (spec.limit !== undefined && isMore(share, spec.limit)) {
    const clear = binomialTail(here, spec.limit) < strictSignificance || compared.clear;
    return finding('fail', `${said(here)}, above the limit of ${percent(spec.limit)}`, clear);
  }
  return finding(compared.verdict, `${said(here)}${compared.text}`, compared.clear);
}

interface Compared {
  readonly verdict: Verdict;
  readonly text: string;
  readonly clear: boolean;
}

function compareWithStable(spec: RatioSpec, here: Counts, stable: Measured<Counts>): Compared {
  const result = (verdict: Verdict, text: string, clear = false): Compared => ({ verdict, text, clear });
  if (stable.state === 'unknown') return result('inconclusive', `; stable not known: ${stable.reason}`);
  if (stable.state === 'empty') return alone(spec, `nothing to compare with (stable: ${stable.reason})`);
  const there = wholeCounts(stable.value);
  if (there === undefined) return result('inconclusive', `; stable not known: ${impossible(stable.value)}`);
  if (there.total < Math.max(1, spec.minimumEvents)) {
    return alone(spec, `too little to compare with (${counted(there.total, 'event')} on stable)`);
  }
  const compared = ` against ${said(there)} on stable`;
  const chance = fisherExact(here, there);
  const usual = there.failed / there.total;
  const worse = isMore(here.failed / here.total, usual * (1 + spec.tolerance));
  if (worse && chance < significance) return result('fail', compared, chance < strictSignificance);
  return result('pass', worse ? `${compared}, which chance explains` : compared);
}

/** Where stable has no traffic, as after a switch, only a limit can decide. */
function alone({ limit }: RatioSpec, why: string): Compared {
  return limit === undefined
    ? { verdict: 'inconclusive', text: `; ${why}, and there is no limit`, clear: false }
    : { verdict: 'pass', text: `, within the limit of ${percent(limit)}; ${why}`, clear: false };
}

function said({ failed, total }: Counts): string {
  return `${failed}/${total} (${percent(failed / total)})`;
}

/** Failed events beyond all events that extrapolation of counters can bring about. */
const slackEvents = 2;
const slackShare = 0.1;

/** Increases of counters are extrapolated, hence not whole, and may overshoot a little. */
function wholeCounts({ failed, total }: Counts): Counts | undefined {
  const all = Math.round(total);
  const bad = Math.round(failed);
  const usable = Number.isFinite(all) && Number.isFinite(bad) && all >= 0 && bad >= 0;
  if (!usable || bad > all + Math.max(slackEvents, all * slackShare)) return undefined;
  return { failed: Math.min(bad, all), total: all };
}

function impossible({ failed, total }: Counts): string {
  return `${failed} failed of ${total} events cannot be; correct the two queries`;
}
