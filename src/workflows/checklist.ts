/** The checklist of an environment: systems are asked, people attest, and the release waits until it is complete. */
import { condition, isCancellation } from '@temporalio/workflow';
import { judgeAttest } from '../domain/checklist-attest.ts';
import { needOf } from '../domain/checklist-need.ts';
import {
  checklistFindings,
  checklistSummary,
  newestSightings,
  stillMissing,
  type ChecklistFacts,
} from '../domain/checklist-state.ts';
import { checklistAskedText, checklistExpiredText, checklistNext } from '../domain/checklist-text.ts';
import { isSystemItem, type ChecklistFinding, type ChecklistSighting } from '../domain/checklist.ts';
import {
  defaultChecklistExpirySeconds,
  firstChecklistPauseSeconds,
  longestChecklistPauseSeconds,
  maxSummaryBytes,
} from '../domain/defaults.ts';
import { optional } from '../domain/fields.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { shortened } from '../domain/shortened.ts';
import { displayVersion } from '../domain/version.ts';
import { checklist } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { reasonOf } from './failure.ts';
import type { Judgement } from './listen.ts';
import { waitAtGate } from './gate.ts';
import { refused } from './pre-flight.ts';
import { now } from './progress.ts';

export type ChecklistStage = Pick<Stage, 'target' | 'progress' | 'announcer' | 'listener'>;

const step = 'Checklist';

/**
 * Returns when everything that the environment requires is done. `from` is the version that runs now;
 * absent: nobody knows, and the release counts as a major one. Throws `ReleaseRefused` when the time is over.
 */
export async function completeChecklist(
  stage: ChecklistStage,
  version: string,
  from: string | undefined,
): Promise<void> {
  const { target, progress } = stage;
  const { checklist: items, name } = target.environment;
  if (items.length === 0) return progress.skip(step, `${name} asks for nothing`);
  await progress.step(step, () => new Desk(stage, version, from).complete(), { done: checklistSummary });
}

/** Where people's words and systems' answers come together. */
class Desk {
  private facts: ChecklistFacts;
  private lookedAt = 0;

  constructor(
    private readonly stage: ChecklistStage,
    private readonly version: string,
    from: string | undefined,
  ) {
    const { checklist: items } = stage.target.environment;
    this.facts = { items, version, ...optional('from', from), sightings: [], attestations: [] };
  }

  async complete(): Promise<readonly ChecklistFinding[]> {
    const { listener } = this.stage;
    listener.on('attest', (message) => this.judge(message));
    try {
      await this.look();
      if (!this.isComplete()) await waitAtGate('checklist', this.stage, () => this.wait());
      return this.findings();
    } finally {
      listener.off('attest');
    }
  }

  private async wait(): Promise<void> {
    const { target, progress, announcer } = this.stage;
    const { checklistExpirySeconds = defaultChecklistExpirySeconds } = target.environment;
    const until = new Date(Date.now() + checklistExpirySeconds * 1_000).toISOString();
    progress.set({ waitingFor: { step, what: 'the checklist', until } });
    this.tell();
    announcer.reply(
      'checklist',
      checklistAskedText(this.named(), this.missing(), progress.status.release, until),
    );
    for (
      let pause = firstChecklistPauseSeconds;
      ;
      pause = Math.min(2 * pause, longestChecklistPauseSeconds)
    ) {
      const left = Date.parse(until) - Date.now();
      if (left <= 0) throw refused(checklistExpiredText(this.missing()));
      await condition(() => this.isComplete(), this.asksSystems() ? Math.min(left, pause * 1_000) : left, {
        summary: shortened(`Waits for the checklist: ${this.missingNames()}`, maxSummaryBytes),
      });
      // What was seen long ago may no longer hold.
      const isStale = Date.now() - this.lookedAt > longestChecklistPauseSeconds * 1_000;
      if (this.isComplete() ? isStale : this.asksSystems()) await this.look();
      if (this.isComplete()) return;
      this.tell();
    }
  }

  private judge(message: PersonMessage): Judgement {
    const { by, item = '', link } = message;
    const decision = judgeAttest({ item, ...optional('link', link) }, this.findings());
    if (decision.decision === 'refuse') return { followed: false, text: decision.problem };
    return {
      followed: true,
      text: `"${item}" is recorded as done, attested by ${by}`,
      recordAs: `attest ${item}${link === undefined ? '' : ` (${link})`}`,
      act: () => {
        const attestation = { item, by, at: now(), ...optional('link', link) };
        this.take({ attestations: [...this.facts.attestations, attestation] });
        if (!this.isComplete()) this.tell();
      },
    };
  }

  private async look(): Promise<void> {
    const seen = await this.ask();
    this.lookedAt = Date.now();
    this.take({ sightings: newestSightings(this.facts.sightings, seen) });
  }

  /** A worker that cannot answer is a system that is away. */
  private async ask(): Promise<readonly ChecklistSighting[]> {
    const { service } = this.stage.target;
    const items = this.systemItems();
    if (items.length === 0) return [];
    try {
      return await checklist.lookAtChecklist.executeWithOptions(
        { summary: shortened(`Is it done: ${items.map(({ name }) => name).join(', ')}?`, maxSummaryBytes) },
        [
          {
            service: service.name,
            version: this.version,
            items,
            ...optional('repository', service.repository),
          },
        ],
      );
    } catch (error) {
      if (isCancellation(error)) throw error;
      const detail = `nobody could look: ${reasonOf(error)}`;
      return items.map(({ name }) => ({ name, state: 'unknown', detail, remedy: "Check the worker's log" }));
    }
  }

  private take(change: Partial<ChecklistFacts>): void {
    this.facts = { ...this.facts, ...change };
    this.stage.progress.set({ checklist: this.findings() });
  }

  /** What is missing now, where people look for it; only what is news is reported. */
  private tell(): void {
    const { progress } = this.stage;
    const next = checklistNext(this.missing(), progress.status.release);
    if (progress.status.next !== next) progress.ask(next);
  }

  private findings(): readonly ChecklistFinding[] {
    return checklistFindings(this.facts);
  }

  private missing(): readonly ChecklistFinding[] {
    return stillMissing(this.findings());
  }

  private isComplete(): boolean {
    return this.missing().length === 0;
  }

  private systemItems() {
    const { items, version, from } = this.facts;
    return items.filter(isSystemItem).filter((item) => needOf(item, version, from).need !== 'notNeeded');
  }

  /** Something that the release waits for may change by itself. */
  private asksSystems(): boolean {
    const names = this.systemItems().map(({ name }) => name);
    return this.missing().some(({ name }) => names.includes(name));
  }

  private missingNames(): string {
    return this.missing()
      .map(({ name }) => name)
      .join(', ');
  }

  private named() {
    return { displayName: this.stage.target.service.displayName, version: displayVersion(this.version) };
  }
}
