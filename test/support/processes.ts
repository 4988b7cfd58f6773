import { execa } from 'execa';

/** Command lines of the running processes that mention a text; those already dead do not count. */
export async function processesWith(text: string): Promise<string[]> {
  const { stdout } = await execa('ps', ['-Awwo', 'stat=,command=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(text) && !line.startsWith('Z') && !line.includes('keeper.mjs'));
}
