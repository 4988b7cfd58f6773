/** A Dockerfile's instructions: enough of the format for files without heredocs. */

export interface Instruction {
  /** In capitals, for example `FROM`. */
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** An image whose tag names a version, never one that moves. */
export const pinned = /^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$/;

/** Throws when the text begins with something else than a stage, or holds a line that is no instruction. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of joinedLines(text)) {
    const [, word = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.+)$/s.exec(line) ?? [];
    const name = word.toUpperCase();
    if (!instructions.has(name)) throw new Error(`Not an instruction: ${line}`);
    if (rest.includes('<<')) throw new Error(`Heredocs are not read here: ${line}`);
    if (name === 'FROM') {
      const [, image = '', as] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
      stages.push({ image, name: as, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`Before the first stage: ${line}`);
    stage.instructions.push({ name, rest });
  }
  return stages;
}

const instructions = new Set(
  ['ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL'].concat([
    ...['ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'],
  ]),
);

/** Comments and empty lines are left out, also between the parts of a continued line. */
function joinedLines(text: string): string[] {
  const kept = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  return kept
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
}
