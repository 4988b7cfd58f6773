/** Names of people, written so that two ways of writing one name are one person. */

/** Marks that nobody sees: with them, one name would pass for two people. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** `Ada <ada@example.com>`: what counts is the address. */
const addressed = /^[^<>]*<([^<>]+)>$/u;

/** Lower case, compatibility forms and spaces made one; of `Ada <ada@example.com>` only the address. */
export function normaliseIdentity(written: string): string {
  const plain = visible(visible(written).normalize('NFKC').toLowerCase().normalize('NFKC'));
  return addressed.exec(plain)?.[1]?.trim() || plain;
}

function visible(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(invisible, '').replace(/ {2,}/g, ' ').trim();
}
