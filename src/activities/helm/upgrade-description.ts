/** The words in Helm's history that tell whose upgrade a revision is. */

/** `key` begins with the run: workflow ID and first run's ID. */
export function upgradeDescription(tag: string, key: string): string {
  return `Fairway: ${tag} [${key}]`;
}

export function isUpgradeOf(description: string, run: string): boolean {
  return description.startsWith('Fairway: ') && description.includes(` [${run}/`);
}
