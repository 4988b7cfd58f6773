/** The profile as it is, but for what would make people wait: minutes of lead, and a checklist of other systems. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { approvers } from './scenes.ts';

export const profile = fileURLToPath(new URL('../../profiles/tensafe/', import.meta.url));

/** Answers the path of the file that it wrote into `folder`. */
export async function writeDemoConfiguration(folder: string): Promise<string> {
  const document = parseDocument(await readFile(join(profile, 'fairway.yaml'), 'utf8'));
  const production = ['environments', 'production'];
  document.setIn([...production, 'announcement', 'lead'], '5s');
  document.setIn([...production, 'approvals'], document.createNode({ required: 2, people: approvers }));
  for (const waited of ['checklist', 'promotion', 'windows']) document.deleteIn([...production, waited]);
  document.setIn(['services', 'tensafe', 'helm', 'chart'], join(profile, 'chart'));
  const file = join(folder, 'fairway.yaml');
  await writeFile(file, String(document));
  return file;
}
