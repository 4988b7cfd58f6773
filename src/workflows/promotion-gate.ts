/** The promotion gate: an environment may ask that another one has verified the same image first. */
import { condition } from '@temporalio/workflow';
import { maxSummaryBytes, promotionOverrideSeconds } from '../domain/defaults.ts';
import { minuteWords } from '../domain/minute-words.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { decidePromotion, type PromotionDecision } from '../domain/promotion-decision.ts';
import { isPromotionOverridden, judgePromotionOverride } from '../domain/promotion-override.ts';
import type { PromotionPolicy, VerifiedRelease } from '../domain/promotion.ts';
import { shortened } from '../domain/shortened.ts';
import { signalCommand } from '../domain/signal-command.ts';
import { displayVersion } from '../domain/version.ts';
import { temporal } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { waitAtGate } from './gate.ts';
import { refusedBy } from './pre-flight.ts';
import { now } from './progress.ts';

type GateStage = Pick<Stage, 'target' | 'progress' | 'announcer' | 'listener'>;
type NotYet = Exclude<PromotionDecision, { decision: 'ok' }>;

/**
 * Returns when the environment that comes before has verified this image for long enough, with the release
 * that did; with nothing where no environment comes before, or a person let it through. Throws `ReleaseRefused`.
 */
export async function throughPromotionGate(
  stage: GateStage,
  version: string,
  image: string,
): Promise<VerifiedRelease | undefined> {
  const { progress, target } = stage;
  const policy = target.environment.promotion;
  if (policy === undefined || isPromotionOverridden(progress.status.decisions, policy)) return undefined;
  const passed = await progress.step(stepName(policy), () => pass(stage, policy, { version, image }), {
    done: ({ words }) => words,
  });
  remember(stage, policy, passed.verified);
  return passed.verified;
}

/** The pods are compared with it: the tag may be moved between then and now. */
function remember(
  { progress }: GateStage,
  policy: PromotionPolicy,
  verified: VerifiedRelease | undefined,
): void {
  if (verified?.digest === undefined || policy.sameDigest !== true) return;
  const { release, digest } = verified;
  progress.set({ promoted: { from: policy.from, release, digest } });
}

function stepName({ from }: PromotionPolicy): string {
  return `Promotion from ${from}`;
}

interface Passed {
  readonly words: string;
  /** Absent: a person let it through. */
  readonly verified?: VerifiedRelease;
}

async function pass(
  stage: GateStage,
  policy: PromotionPolicy,
  wanted: { readonly version: string; readonly image: string },
): Promise<Passed> {
  for (let waited = false; ;) {
    const decision = await look(stage, policy, wanted);
    if (decision.decision === 'ok') return { words: okWords(policy, decision), verified: decision.verified };
    const isFinal = policy.override.people.length === 0 || waited;
    if (decision.decision === 'refuse' && isFinal) throw refusedBy(decision);
    waited = decision.decision === 'refuse';
    const person = await waitAtGate('soak', stage, () => waitForOverride(stage, policy, decision));
    if (person !== undefined) return { words: `let through by ${person.by}: ${person.reason ?? ''}` };
  }
}

async function look(
  { target }: GateStage,
  { from, soakSeconds }: PromotionPolicy,
  { version, image }: { readonly version: string; readonly image: string },
): Promise<PromotionDecision> {
  const service = target.service.name;
  const record = await temporal.findVerified.executeWithOptions(
    { summary: `Did ${from} verify ${displayVersion(version)}?` },
    [{ service, environment: from, version }],
  );
  return decidePromotion({ from, soakSeconds, version, image, record, now: now() });
}

/** Until the soak is over, or those who may override had their time. Answers who let it through, if somebody did. */
async function waitForOverride(
  stage: GateStage,
  policy: PromotionPolicy,
  decision: NotYet,
): Promise<PersonMessage | undefined> {
  const { listener } = stage;
  const until =
    decision.decision === 'soaking'
      ? decision.until
      : new Date(Date.now() + promotionOverrideSeconds * 1_000).toISOString();
  let letThrough: PersonMessage | undefined;
  listener.on('override', (message) => {
    const judged = judgePromotionOverride(message, policy);
    if (!judged.allowed) return { followed: false, text: judged.because };
    const act = () => {
      letThrough = message;
    };
    return { followed: true, text: `it goes on without ${policy.from}`, recordAs: judged.recordAs, act };
  });
  try {
    showWait(stage, policy, decision, until);
    await condition(() => letThrough !== undefined, Math.max(1_000, Date.parse(until) - Date.now()), {
      summary: shortened(waitWords(policy, decision), maxSummaryBytes),
    });
    return letThrough;
  } finally {
    listener.off('override');
  }
}

function showWait(
  { progress, announcer }: GateStage,
  policy: PromotionPolicy,
  decision: NotYet,
  until: string,
): void {
  const what = waitWords(policy, decision);
  const override = signalCommand(progress.status.release, 'override', {
    by: 'you@example.com',
    what: 'promotion',
    reason: 'why',
  });
  const others = policy.override.people.join(', ');
  const now = others === '' ? '' : `; ${others} may let it go now: ${override}`;
  const then =
    decision.decision === 'soaking' ? 'then it goes on' : `then it is refused (${decision.remedy})`;
  progress.set({ waitingFor: { step: stepName(policy), what, until } });
  progress.ask(`${then}${now}`);
  announcer.reply(`promotion-${until}`, `Waiting: ${what}`);
}

function waitWords({ from }: PromotionPolicy, decision: NotYet): string {
  if (decision.decision === 'refuse') return `somebody who overrides: ${decision.reason}`;
  return `the soak of ${displayVersion(decision.verified.version)} in ${from}`;
}

function okWords(
  { from }: PromotionPolicy,
  { verified }: Extract<PromotionDecision, { decision: 'ok' }>,
): string {
  const digest = verified.digest === undefined ? '' : ` as ${verified.digest.slice(0, 19)}…`;
  return `verified in ${from}${digest} on ${minuteWords(verified.verifiedAt)} (${verified.release})`;
}
