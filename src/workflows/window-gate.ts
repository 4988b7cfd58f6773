/**
 * Change windows on the way of a release: one that has changed nothing yet waits or is refused, as its
 * environment says; one that is under way stays where it is until the next opening. Putting things back
 * never asks.
 */
import { condition, patched } from '@temporalio/workflow';
import { maxSummaryBytes, maxWindowWaitSeconds, minWindowWaitSeconds } from '../domain/defaults.ts';
import { minuteWords } from '../domain/minute-words.ts';
import type { PersonMessage } from '../domain/person-message.ts';
import { refuse } from '../domain/refusal.ts';
import { shortened } from '../domain/shortened.ts';
import { durationWords } from '../domain/status-details.ts';
import type { WindowPolicy, WindowState } from '../domain/window.ts';
import { isOverridden, judgeOverride } from '../domain/window-override.ts';
import { windows } from './activity-options.ts';
import type { Stage } from './conduct.ts';
import { waitAtGate } from './gate.ts';
import { refusedBy } from './pre-flight.ts';

type WindowStage = Pick<Stage, 'target' | 'progress' | 'undo' | 'announcer' | 'control' | 'listener'>;
type Closed = Extract<WindowState, { open: false }>;

/**
 * Returns when `what` (for example `canary at 30 %`) may begin: nobody holds it, and the windows are open
 * or a person overrode them. Answers whether it had to wait for a window. Throws `ReleaseRefused`.
 */
export async function throughWindow(stage: WindowStage, what: string): Promise<boolean> {
  await stage.control.proceed();
  const policy = stage.target.environment.windows;
  if (policy === undefined) return false;
  let closed = await lookForClosed(stage, what);
  // Paused during the look: what comes next may not ask again.
  while (stage.control.isHeld) {
    await stage.control.proceed();
    closed = await lookForClosed(stage, what);
  }
  if (closed === undefined) return false;
  if (policy.outside === 'refuse' && stage.undo.isEmpty) throw outsideOfWindows(stage, closed);
  if (isAnnounced(stage)) stage.announcer.reply(`window-${what}`, `Waiting: ${closedWords(stage, closed)}`);
  const wait = () => waitAtGate('window', stage, () => waitForWindow(stage, what, policy, closed));
  await stage.progress.step(stepName(what), wait, {
    lasting: true,
    done: (words) => words,
  });
  return true;
}

/** People were told that it comes. */
function isAnnounced({ progress }: WindowStage): boolean {
  return progress.status.steps.some(({ name, state }) => name === 'Announce' && state === 'done');
}

/** `undefined` where it may go on. */
async function lookForClosed({ target, progress }: WindowStage, what: string): Promise<Closed | undefined> {
  const { service, environment } = target;
  const state = await windows.lookAtWindows.executeWithOptions(
    { summary: `Is ${environment.name} open for ${what}?` },
    [{ service: service.name, environment: environment.name }],
  );
  return state.open || isOverridden(progress.status.decisions, state) ? undefined : state;
}

/** One line: why it goes on. */
async function waitForWindow(
  stage: WindowStage,
  what: string,
  policy: WindowPolicy,
  first: Closed,
): Promise<string> {
  const { control, listener } = stage;
  const mayBeRejected = stage.undo.isEmpty && patched('a-rejection-ends-a-wait');
  const isRejected = () => mayBeRejected && stage.progress.status.approval?.rejection !== undefined;
  let closed = first;
  let letThrough: PersonMessage | undefined;
  listener.on('override', (message) => {
    const decision = judgeOverride(message, policy, closed);
    if (!decision.allowed) return { followed: false, text: decision.because };
    const act = () => {
      letThrough = message;
    };
    return { followed: true, text: `${what} goes on`, recordAs: decision.recordAs, act };
  });
  try {
    for (;;) {
      showWait(stage, what, policy, closed);
      await condition(() => letThrough !== undefined || isRejected(), secondsUntilLook(closed) * 1_000, {
        summary: shortened(closedWords(stage, closed), maxSummaryBytes),
      });
      if (isRejected()) return 'not needed any more: people said no';
      await control.proceed();
      if (letThrough !== undefined) return `let through by ${letThrough.by}: ${letThrough.reason ?? ''}`;
      const still = await lookForClosed(stage, what);
      if (still === undefined) return 'open';
      // Another rule than the one that somebody may have let it through meanwhile.
      letThrough = undefined;
      closed = still;
    }
  } finally {
    listener.off('override');
  }
}

function showWait({ progress }: WindowStage, what: string, policy: WindowPolicy, closed: Closed): void {
  const { because, opensAt } = closed;
  const override =
    policy.override.people.length === 0
      ? ''
      : '; "override" with "what": "window" and a reason lets it go now';
  const opening =
    opensAt === undefined
      ? 'no opening is in sight'
      : `opens ${minuteWords(opensAt)}, in ${waitWords(opensAt)}`;
  progress.set({
    ...(opensAt === undefined
      ? {}
      : { waitingFor: { step: stepName(what), what: `the end of ${because}`, until: opensAt } }),
  });
  progress.ask(`${what}: ${opening}${override}; "abort" ends the release`);
}

/** People said no to what waited for a window; what asks for their approval says so. */
export function endsByRejection({ progress }: Pick<WindowStage, 'progress'>): boolean {
  return progress.status.approval?.rejection !== undefined && patched('a-rejection-ends-a-wait');
}

function stepName(what: string): string {
  return `Window for ${what}`;
}

/** Until it opens; but the file may change meanwhile. */
function secondsUntilLook({ opensAt }: Closed): number {
  const left = opensAt === undefined ? Infinity : Math.ceil((Date.parse(opensAt) - Date.now()) / 1_000);
  return Math.min(Math.max(left, minWindowWaitSeconds), maxWindowWaitSeconds);
}

function outsideOfWindows(stage: WindowStage, closed: Closed) {
  const { opensAt } = closed;
  return refusedBy(
    refuse(
      'window-closed',
      closedWords(stage, closed),
      opensAt === undefined
        ? 'no opening is in sight; change the windows of the environment'
        : `start it again from ${minuteWords(opensAt)} on`,
    ),
  );
}

function closedWords({ target }: WindowStage, { because, opensAt }: Closed): string {
  const opening = opensAt === undefined ? '' : `; it opens ${minuteWords(opensAt)}`;
  return `${target.environment.name} is closed: ${because}${opening}`;
}

function waitWords(opensAt: string): string {
  const milliseconds = Date.parse(opensAt) - Date.now();
  const days = Math.round(milliseconds / 86_400_000);
  return days > 2 ? `${days} days` : durationWords(milliseconds);
}
