/** `attest`: a person's word that an item is done. */
import type { ChecklistFinding } from './checklist.ts';

export type AttestDecision =
  { readonly decision: 'accept' } | { readonly decision: 'refuse'; readonly problem: string };

export interface AttestedItem {
  readonly item: string;
  readonly link?: string;
}

/** Everybody may attest, the requester too: an attestation carries a name, and is no approval. */
export function judgeAttest(
  { item, link }: AttestedItem,
  findings: readonly ChecklistFinding[],
): AttestDecision {
  const finding = findings.find(({ name }) => name === item);
  const open = findings.filter(({ attestable }) => attestable).map(({ name }) => name);
  const choice =
    open.length === 0 ? 'Nothing waits for an attest.' : `What can be attested: ${open.join(', ')}.`;
  if (finding === undefined) {
    const names = findings.map(({ name }) => name).join(', ');
    return refuse(`the checklist has no item "${item.slice(0, 60)}". Its items: ${names}. ${choice}`);
  }
  if (finding.state === 'notNeeded') return refuse(`"${item}" is not needed: ${finding.detail}. ${choice}`);
  if (finding.state === 'done') return refuse(`"${item}" is done already: ${finding.detail}. ${choice}`);
  if (!finding.attestable)
    return refuse(
      `"${item}" is proved by another system, and that one says: ${finding.detail}. A person's word does not replace it (unless fairway.yaml makes the item attestable). ${choice}`,
    );
  if (link !== undefined && holdsPassword.test(link))
    return refuse(
      `"link" holds a name or password before its host, and everybody could read it. Leave that out`,
    );
  return { decision: 'accept' };
}

function refuse(problem: string): AttestDecision {
  return { decision: 'refuse', problem };
}

const holdsPassword = /^[a-z]+:\/\/[^/?#]*@/i;
