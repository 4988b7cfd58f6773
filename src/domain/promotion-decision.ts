/** Whether another environment's past lets an image go on: decided from what Temporal recorded there. */
import { parseImageReference } from './image.ts';
import { minuteWords } from './minute-words.ts';
import type { PromotionRecord, TargetChange, VerifiedRelease } from './promotion.ts';
import { refuse, type Refusal } from './refusal.ts';
import { isSameImage } from './same-image.ts';
import { durationWords } from './status-details.ts';
import { displayVersion } from './version.ts';

export interface PromotionQuestion {
  /** Name of the environment that has to have verified it. */
  readonly from: string;
  readonly soakSeconds: number;
  readonly version: string;
  /** Image reference that is to be released. */
  readonly image: string;
  readonly record: PromotionRecord;
  /** ISO 8601, as all times here. */
  readonly now: string;
}

export type PromotionDecision =
  | { readonly decision: 'ok'; readonly verified: VerifiedRelease }
  | { readonly decision: 'soaking'; readonly verified: VerifiedRelease; readonly until: string }
  | Refusal;

export function decidePromotion(question: PromotionQuestion): PromotionDecision {
  const { from, version, image, record } = question;
  const ofVersion = record.verified.filter((each) => each.version === version);
  const [newest] = ofVersion;
  if (newest === undefined) {
    return refuse(
      'not-verified',
      `${from} has not verified ${displayVersion(version)}`,
      `release it to ${from} first, then start this one again`,
    );
  }
  const same = ofVersion.filter((each) => isVerifiedAs(each, image));
  if (same.length === 0) {
    const seen = newest.digest === undefined ? newest.image : `${newest.image} (${newest.digest})`;
    return refuse(
      'other-image',
      `under ${displayVersion(version)} ${from} verified ${seen}, which is not ${image}`,
      `release ${image} to ${from} first, then start this one again`,
    );
  }
  const standing = same.filter((each) => leftBy(each, record) === undefined);
  if (standing.length === 0) {
    return refuse(
      'rolled-back-there',
      rolledBackWords(question, same),
      `choose a version that ${from} kept, or release this one there again`,
    );
  }
  return soaked(question, standing);
}

/** The newest verified release that nobody rolled back since; `undefined` when there is none. */
export function newestVerified(record: PromotionRecord): VerifiedRelease | undefined {
  return record.verified.find((each) => leftBy(each, record) === undefined);
}

/** The time counts while it was really there: until another version took its place. */
function soaked(
  { from, soakSeconds, version, record, now }: PromotionQuestion,
  standing: readonly VerifiedRelease[],
): PromotionDecision {
  const stays = standing.map((verified) => {
    const replacedBy = replacement(verified, record);
    const seconds = (Date.parse(replacedBy?.at ?? now) - Date.parse(verified.verifiedAt)) / 1_000;
    return { verified, replacedBy, seconds };
  });
  const [longest] = [...stays].sort((a, b) => b.seconds - a.seconds);
  if (longest !== undefined && longest.seconds >= soakSeconds) {
    return { decision: 'ok', verified: longest.verified };
  }
  const [there] = stays
    .filter(({ replacedBy }) => replacedBy === undefined)
    .sort((a, b) => b.seconds - a.seconds);
  if (there !== undefined) {
    const until = new Date(Date.parse(there.verified.verifiedAt) + soakSeconds * 1_000).toISOString();
    return { decision: 'soaking', verified: there.verified, until };
  }
  const by = longest?.replacedBy;
  return refuse(
    'not-soaked',
    `${displayVersion(version)} was in ${from} for ${durationWords((longest?.seconds ?? 0) * 1_000)} of the ` +
      `${durationWords(soakSeconds * 1_000)} that are asked for, until ${displayVersion(by?.version ?? 'another one')} ` +
      `took its place (${by?.release ?? 'unknown'})`,
    `release it to ${from} again, and leave it there for that time`,
  );
}

/** A digest that both sides know decides; else the references, as they are written. */
function isVerifiedAs({ image, digest }: VerifiedRelease, wanted: string): boolean {
  const parsed = parseImageReference(wanted);
  const wantedDigest = parsed.ok ? parsed.image.digest : undefined;
  if (wantedDigest !== undefined && digest !== undefined) return wantedDigest === digest;
  return isSameImage(image, wanted);
}

/** The rollback that left this very image after it was verified. */
function leftBy(verified: VerifiedRelease, { changes }: PromotionRecord): TargetChange | undefined {
  return changes.find(
    ({ what, from, at }) =>
      what === 'rolledBack' &&
      from !== undefined &&
      isSameImage(from, verified.image) &&
      Date.parse(at) > Date.parse(verified.verifiedAt),
  );
}

/** The first change to another version after it was verified. */
function replacement(verified: VerifiedRelease, { changes }: PromotionRecord): TargetChange | undefined {
  return changes.findLast(
    ({ version, at }) => version !== verified.version && Date.parse(at) > Date.parse(verified.verifiedAt),
  );
}

function rolledBackWords(
  { from, version, record }: PromotionQuestion,
  same: readonly VerifiedRelease[],
): string {
  const [back] = same.flatMap((each) => leftBy(each, record) ?? []);
  const when = back === undefined ? '' : ` on ${minuteWords(back.at)} (${back.release})`;
  return `${from} was rolled back from ${displayVersion(version)}${when}, after it was verified there`;
}
