/** The promotion gate by itself, as a release goes through it. */
import { throughPromotionGate } from '../../src/workflows/promotion-gate.ts';
import { conduct } from '../../src/workflows/conduct.ts';
import { Progress } from '../../src/workflows/progress.ts';
import type { ReleaseStatus } from '../../src/domain/status.ts';

export async function gate(input: { version: string; image: string }): Promise<ReleaseStatus> {
  const ref = { service: 'shop', environment: 'dev' };
  const progress = new Progress({ ...ref, version: input.version, strategy: 'standard' }, []);
  return conduct(ref, progress, async (stage) => {
    await throughPromotionGate(stage, input.version, input.image);
    // A second look, as after an announced lead.
    await throughPromotionGate(stage, input.version, input.image);
  });
}
