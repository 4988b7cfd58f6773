/** What the checks of a commit say of an item. */
import type { ChecklistSighting, ChecksProof } from './checklist.ts';

/** One check, as it stands after its last run. */
export interface CommitCheck {
  readonly name: string;
  readonly state: 'passed' | 'skipped' | 'failed' | 'pending';
  /** In the provider's own word, for example `timed_out`. */
  readonly said: string;
  readonly link?: string;
}

type Judgement = Omit<ChecklistSighting, 'name'>;

export interface ChecksScene {
  /** The commit's, as people know it. */
  readonly tag: string;
  /** Whether a name matches a pattern, upper and lower case alike. */
  readonly matches: (pattern: string, name: string) => boolean;
}

/** Names told one by one; the others are counted. */
const maxNames = 5;

/** A check that was skipped passes beside others, but alone it says that nothing was checked. */
export function judgeChecks(
  checks: readonly CommitCheck[],
  proof: ChecksProof,
  { tag, matches }: ChecksScene,
): Judgement {
  const absent = (proof.names ?? []).filter((name) => !checks.some((check) => check.name === name));
  const meant = checks.filter((check) => isMeant(check, proof, matches));
  if (meant.length === 0 && proof.matching !== undefined && proof.names === undefined) {
    return {
      state: 'unknown',
      detail: `no check of ${tag} has a name like ${proof.matching} (it has: ${listed(checks.map(({ name }) => name))})`,
      remedy: 'Name the checks that prove it, as "names" of the item\'s proof in fairway.yaml',
    };
  }
  const failed = meant.filter(({ state }) => state === 'failed');
  const pending = meant.filter(({ state }) => state === 'pending');
  const passed = meant.filter(({ state }) => state === 'passed');
  const link = linkOf(failed) ?? linkOf(pending);
  const problems = [
    ...(failed.length === 0
      ? []
      : [`failed: ${listed(failed.map(({ name, said }) => `${name} (${said})`))}`]),
    ...(pending.length === 0 ? [] : [`not finished: ${listed(pending.map(({ name }) => name))}`]),
    ...(absent.length === 0 ? [] : [`not there: ${listed(absent)}`]),
    ...(meant.length === 0 && absent.length === 0 ? [`${tag} has no checks`] : []),
  ];
  if (problems.length > 0) {
    return {
      state: 'missing',
      detail: `checks of ${tag}: ${problems.join('; ')}`,
      remedy: remedyFor(failed.length > 0, pending.length > 0),
      ...(link === undefined ? {} : { link }),
    };
  }
  const skipped = meant.length - passed.length;
  if (passed.length === 0) {
    return {
      state: 'missing',
      detail: `checks of ${tag}: all ${skipped} were skipped, so nothing was checked`,
      remedy: 'Let them run',
    };
  }
  const detail = `${passed.length} of ${meant.length} checks of ${tag} passed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  const proofLink = linkOf(passed);
  // One check's page is the proof; of many, none is.
  return {
    state: 'done',
    detail,
    ...(meant.length > 1 || proofLink === undefined ? {} : { link: proofLink }),
  };
}

function isMeant(
  { name }: CommitCheck,
  { names, matching }: ChecksProof,
  matches: ChecksScene['matches'],
): boolean {
  if (names === undefined && matching === undefined) return true;
  if (names?.includes(name) === true) return true;
  return matching !== undefined && matches(matching, name);
}

function remedyFor(failed: boolean, pending: boolean): string {
  if (failed) return 'Mend what fails and run the checks again, or release a version whose checks pass';
  return pending ? 'Wait until they have finished' : 'Let the checks run for this tag';
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const told = names.slice(0, maxNames).join(', ');
  return names.length <= maxNames ? told : `${told} and ${names.length - maxNames} more`;
}

function linkOf(checks: readonly CommitCheck[]): string | undefined {
  return checks.find(({ link }) => link !== undefined)?.link;
}
