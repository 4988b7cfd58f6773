/** A call of the `temporal` CLI: the arguments to run, and the text that a person can paste. */
export function cliCommand(address: string, args: readonly string[]) {
  const [group = '', verb = '', ...rest] = args;
  // The usual address is the CLI's own default; shorter is easier to read.
  const where = address === '127.0.0.1:7233' ? [] : ['--address', address];
  const all = [group, verb, ...where, ...rest];
  return { args: all, shown: ['temporal', ...all.map(quoted)].join(' ') };
}

function quoted(argument: string): string {
  return /^[\w./:@=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
