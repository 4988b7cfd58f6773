export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function sayHeading(line: string): void {
  say(`\n${bold(line)}`);
}

export function bold(text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? `\x1b[1m${text}\x1b[22m` : text;
}
