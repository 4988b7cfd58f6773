/** The command with which a person sends a message, ready to copy. */
import type { MessageName } from './person-message.ts';

/** `release` is the workflow ID. */
export function signalCommand(
  release: string,
  name: MessageName,
  input: Readonly<Record<string, unknown>>,
): string {
  return `temporal workflow signal -w ${shellWord(release)} --name ${name} --input ${shellWord(JSON.stringify(input))}`;
}

/** Workflow IDs may hold anything; a shell must read one as one word. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
