/** The commands of a page, as its reader would type them, with what the page shows of their output. */
import { readFile } from 'node:fs/promises';

export interface DocumentedCommand {
  /** `docs/guides/queue.md:14`. */
  readonly where: string;
  /** As it stands there, continuation lines included. */
  readonly text: string;
  /** Lines that the page shows as its output. */
  readonly shown: readonly string[];
}

const root = new URL('../../', import.meta.url);
const programs = ['temporal', 'npm', 'kubectl', 'helm', 'docker', 'export'];
const isCommand = (line: string): boolean => programs.includes(/^\S+/.exec(line)?.[0] ?? '');
/** Blocks of other languages are files, not commands. */
const languages = ['', 'sh', 'bash', 'console'];

export function readPage(path: string): Promise<string> {
  return readFile(new URL(path, root), 'utf8');
}

/** The blocks of a language, in order. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
}

/** In the order of the page: those of blocks, and those in a sentence that have arguments. */
export async function documentedCommands(path: string): Promise<readonly DocumentedCommand[]> {
  const lines = (await readPage(path)).split('\n');
  const found: DocumentedCommand[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const language = /^```(\w*)/.exec(lines[i] ?? '')?.[1];
    if (language === undefined) {
      found.push(...inSentence(lines[i] ?? '', `${path}:${i + 1}`));
      continue;
    }
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`${path}:${i + 1}: the block does not end`);
    if (languages.includes(language)) found.push(...inBlock(lines.slice(i + 1, end), path, i + 2));
    i = end;
  }
  return found;
}

/** Where commands are told from output by a `$ `, only those are commands; else every line that begins with a program. */
function inBlock(lines: readonly string[], path: string, firstLine: number): DocumentedCommand[] {
  const prompted = lines.some((line) => line.startsWith('$ '));
  const found: (Omit<DocumentedCommand, 'shown'> & { readonly shown: string[] })[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const begins = prompted ? line.startsWith('$ ') : isCommand(line);
    if (!begins) {
      found.at(-1)?.shown.push(line);
      continue;
    }
    let text = prompted ? line.slice(2) : line;
    const where = `${path}:${firstLine + i}`;
    while (isOpen(text) && i + 1 < lines.length) text += `\n${lines[(i += 1)] ?? ''}`;
    found.push({ where, text, shown: [] });
  }
  return found;
}

function isOpen(text: string): boolean {
  return text.endsWith('\\') || (text.split("'").length - 1) % 2 === 1;
}

/** Without an argument it is the name of a command, not one to type. */
function inSentence(line: string, where: string): DocumentedCommand[] {
  return [...line.matchAll(/`([^`]+)`/g)]
    .map(([, text = '']) => text)
    .filter((text) => isCommand(text) && (/ --?\w/.test(text) || /^(npm \w|temporal server)/.test(text)))
    .map((text) => ({ where, text, shown: [] }));
}
