/** Asks the one system that can tell about an item. */
import { tagOf, type CodeRepository, type SystemItem } from '../../domain/checklist.ts';
import { namesVersion } from '../../domain/checklist-changelog.ts';
import { judgeChecks } from '../../domain/checklist-checks.ts';
import { newestVerified } from '../../domain/promotion-decision.ts';
import type { PromotionRecord } from '../../domain/promotion.ts';
import { displayVersion } from '../../domain/version.ts';
import { linearPattern } from '../linear-pattern.ts';
import { missing, unknown, type Seen } from './answer.ts';
import type { CodeHost, TagLook } from './code-host.ts';
import type { OnCallSystem } from './on-call.ts';

export interface Systems {
  readonly codeHost: CodeHost;
  /** Absent: nobody is asked, because of what is said here. */
  readonly onCall: OnCallSystem | { readonly absentBecause: string; readonly remedy: string };
  /** What passed verification in an environment, and what took its place since. */
  readonly findVerified: (input: {
    readonly service: string;
    readonly environment: string;
    readonly version: string;
  }) => Promise<PromotionRecord>;
}

export interface LookScene {
  readonly systems: Systems;
  readonly service: string;
  readonly version: string;
  readonly tag: string;
  /** Absent: nobody knows where the source is. */
  readonly code?: TagLook;
  readonly signal: AbortSignal;
}

export function lookScene(
  systems: Systems,
  input: { readonly service: string; readonly version: string; readonly repository?: CodeRepository },
  signal: AbortSignal,
): LookScene {
  const { service, version, repository } = input;
  if (repository === undefined) return { systems, service, version, tag: displayVersion(version), signal };
  const tag = tagOf(repository, version);
  return { systems, service, version, tag, signal, code: systems.codeHost.look(repository, tag, signal) };
}

export async function lookAtItem({ proof }: SystemItem, scene: LookScene): Promise<Seen> {
  switch (proof.by) {
    case 'releaseNotes':
      return scene.code === undefined ? homeless(scene) : releaseNotes(scene.code, scene);
    case 'changelog':
      return scene.code === undefined ? homeless(scene) : changelog(scene.code, proof.path, scene);
    case 'checks': {
      if (scene.code === undefined) return homeless(scene);
      const checks = await scene.code.checks();
      return checks.state === 'told' ? judgeChecks(checks.value, proof, { tag: scene.tag, matches }) : checks;
    }
    case 'verifiedIn':
      return verifiedIn(proof.environment, scene);
    case 'onCall':
      return onCall(proof.schedule, scene);
  }
}

function matches(pattern: string, name: string): boolean {
  return linearPattern(pattern, 'i')(name);
}

function homeless({ service }: LookScene): Seen {
  return unknown(
    `nobody knows where the source of ${service} is`,
    `Give services.${service} a repository in fairway.yaml`,
  );
}

async function releaseNotes(code: TagLook, { tag }: LookScene): Promise<Seen> {
  const release = await code.release();
  if (release.state !== 'told') return release;
  const { notes, link } = release.value;
  if (notes.trim() === '')
    return { ...missing(`the release of ${tag} has no notes`, 'Write the notes of the release'), link };
  return { state: 'done', detail: `the release of ${tag} has notes`, link };
}

async function changelog(code: TagLook, path: string, { tag, version }: LookScene): Promise<Seen> {
  const file = await code.file(path);
  if (file.state !== 'told') return file;
  const { text, link } = file.value;
  const at = link === undefined ? {} : { link };
  if (namesVersion(text, version))
    return { state: 'done', detail: `${path} at ${tag} names ${version}`, ...at };
  return {
    ...missing(
      `${path} at ${tag} does not name ${version}`,
      `Add ${version} to ${path} and tag again, or release the version that has it`,
    ),
    ...at,
  };
}

async function verifiedIn(
  environment: string,
  { systems, service, version, signal }: LookScene,
): Promise<Seen> {
  try {
    const record = await systems.findVerified({ service, environment, version });
    const verified = newestVerified(record);
    const what = displayVersion(version);
    if (verified !== undefined) {
      const at = utc(verified.verifiedAt);
      return {
        state: 'done',
        detail: `verified in ${environment} at ${at} UTC by release ${verified.release}`,
      };
    }
    return record.verified.length === 0
      ? missing(
          `no release of ${what} has passed verification in ${environment}`,
          `Release ${what} to ${environment} first`,
        )
      : missing(
          `${what} passed verification in ${environment}, but was rolled back there since`,
          `Choose a version that ${environment} kept, or release this one there again`,
        );
  } catch {
    signal.throwIfAborted();
    return unknown(
      `Temporal does not tell what was verified in ${environment}`,
      "It is asked again by itself; if it stays so, check the worker's log",
    );
  }
}

async function onCall(schedule: string, { systems, signal }: LookScene): Promise<Seen> {
  if (!('now' in systems.onCall)) return unknown(systems.onCall.absentBecause, systems.onCall.remedy);
  const people = await systems.onCall.now(schedule, signal);
  if (people.state !== 'told') return people;
  const names = [...new Set(people.value.map(({ name }) => name))];
  const [first] = people.value;
  const until = first?.until === undefined ? '' : ` until ${utc(first.until)} UTC`;
  return {
    state: 'done',
    detail: `on call: ${names.slice(0, 3).join(', ')}${names.length === 1 ? until : ''}`,
    ...(first?.link === undefined ? {} : { link: first.link }),
  };
}

/** `2026-02-03 10:00`, whatever the time zone it was written in. */
function utc(written: string): string {
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? written : time.toISOString().slice(0, 16).replace('T', ' ');
}
