/** Which lines a text of several lines loses and gains. */

/** Cells of the table that finds the longest common part; beyond it the whole middle counts as changed. */
const maxCells = 250_000;

/** `- line` and `+ line` in their order, without what is the same on both sides. */
export function lineDiff(before: string, after: string): readonly string[] {
  const old = before.split('\n');
  const young = after.split('\n');
  const shorter = Math.min(old.length, young.length);
  let start = 0;
  while (start < shorter && old[start] === young[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === young.at(-1 - end)) end += 1;
  return middleDiff(old.slice(start, old.length - end), young.slice(start, young.length - end));
}

function middleDiff(old: readonly string[], young: readonly string[]): readonly string[] {
  const gone = (line: string): string => `- ${line}`;
  const come = (line: string): string => `+ ${line}`;
  if (old.length * young.length > maxCells) return [...old.map(gone), ...young.map(come)];
  const common = commonLengths(old, young);
  const lengthAt = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    const [one, other] = [old[i], young[j]];
    if (one !== undefined && one === other) [i, j] = [i + 1, j + 1];
    else if (one !== undefined && (other === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      lines.push(gone(one));
      i += 1;
    } else {
      lines.push(come(other ?? ''));
      j += 1;
    }
  }
  return lines;
}

/** At [i][j]: how many lines the rests of both have in common, in order. */
function commonLengths(old: readonly string[], young: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i] ?? [], table[i + 1] ?? []];
    for (let j = young.length - 1; j >= 0; j -= 1) {
      row[j] = old[i] === young[j] ? 1 + (below[j + 1] ?? 0) : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
