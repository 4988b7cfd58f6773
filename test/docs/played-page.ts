/** Types the commands of a page in the order of a story, and knows which were left out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { toolsFolder } from '../support/cluster.ts';
import { retried } from '../support/run-temporal.ts';
import { documentedCommands, type DocumentedCommand } from './documented-commands.ts';
import { shellWords } from './shell-words.ts';

/** How the command begins, and why it is run somewhere else. */
export type Elsewhere = Readonly<Record<string, string>>;

export interface PlayedPage {
  /**
   * Runs the first command left that begins with `start`; answers what it printed.
   * With `until`, it is typed again until it prints that: lists of Temporal are a moment behind, and workers busy.
   */
  play(start: string, expected?: { readonly exitCode?: number; readonly until?: string }): Promise<string>;
  /** Commands that no scenario has typed, and reasons that fit no command. */
  leftOver(): readonly string[];
}

export interface Shell {
  /** Variables of the reader's shell. */
  readonly env: () => Readonly<Record<string, string>>;
  /** Where the reader is; an empty folder when absent. */
  readonly folder?: string;
  /** Names of the page, and the reader's own in their place. */
  readonly names?: Readonly<Record<string, string>>;
}

const patienceMs = 180_000;

export async function playedPage(path: string, shell: Shell, elsewhere: Elsewhere = {}): Promise<PlayedPage> {
  const left = [...(await documentedCommands(path))];
  const reasons = new Set(Object.keys(elsewhere));
  for (const reason of Object.keys(elsewhere)) {
    for (const command of left.filter(({ text }) => text.startsWith(reason))) {
      left.splice(left.indexOf(command), 1);
      reasons.delete(reason);
    }
  }
  return {
    play: async (start, { exitCode = 0, until = '' } = {}) => {
      const at = left.findIndex(({ text }) => text.startsWith(start));
      const [command] = at < 0 ? [] : left.splice(at, 1);
      if (command === undefined) throw new Error(`${path} has no command left that begins with: ${start}`);
      const giveUpAt = Date.now() + patienceMs;
      const typed = async () => {
        const { exitCode, stdout, stderr } = await type(command.text, shell);
        return { exitCode, printed: `${stdout}\n${stderr}` };
      };
      let ended = await typed();
      while (!ended.printed.includes(until)) {
        if (Date.now() > giveUpAt)
          throw new Error(`${command.where} never showed ${until}:\n${ended.printed}`);
        ended = await typed();
      }
      const { printed } = ended;
      if (ended.exitCode !== exitCode) {
        throw new Error(
          `${command.where}: ${command.text}\nended with ${ended.exitCode} instead of ${exitCode}:\n${printed}`,
        );
      }
      expectShown(command, printed);
      return printed;
    },
    leftOver: () => [
      ...left.map(({ where, text }) => `${where}: ${text}`),
      ...[...reasons].map((reason) => `${path} no longer has: ${reason}`),
    ],
  };
}

/** As arguments; by bash only where the page has a shell's own characters. */
async function type(written: string, { env, folder, names = {} }: Shell) {
  const text = Object.entries(names).reduce((before, [name, own]) => before.replaceAll(name, own), written);
  const words = shellWords(text);
  const empty = await mkdtemp(join(tmpdir(), 'fairway-reader-'));
  const options = {
    cwd: folder ?? empty,
    reject: false,
    env: { ...env(), PATH: `${toolsFolder()}:${process.env['PATH'] ?? ''}` },
  } as const;
  try {
    const [program = '', ...args] = words ?? ['bash', '-euo', 'pipefail', '-c', text];
    return await retried(() => execa(program, args, options));
  } finally {
    await rm(empty, { recursive: true });
  }
}

/** Pages wrap long lines and leave lines out, so each line of theirs has to be somewhere in what was printed. */
function expectShown({ where, shown }: DocumentedCommand, printed: string): void {
  const seen = normalised(printed);
  const missing = shown
    .map(normalised)
    .filter((line) => line !== '' && line !== '…' && line !== '...' && !seen.includes(line));
  expect({ where, missing, seen: missing.length === 0 ? '' : seen }).toEqual({
    where,
    missing: [],
    seen: '',
  });
}

/** What differs each time: IDs, names of pods, times, and counts of restarts and pods. */
function normalised(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<run>')
    .replaceAll(/-[0-9a-f]{7,10}-[a-z0-9]{5}\b/g, '-<pod>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\b\d+ restarts/g, '<n> restarts')
    .replaceAll(/\b\d+ of \d+ pods?\b/g, '<n> pods')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
