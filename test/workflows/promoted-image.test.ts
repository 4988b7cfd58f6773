/** A release compares what its pods run with what the environment before verified, before more pods follow. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { VerifyTargetInput } from '../../src/activities/verification/types.ts';
import type { VerificationReport } from '../../src/domain/check.ts';
import type { PromotionPolicy, PromotionRecord } from '../../src/domain/promotion.ts';
import { aTarget } from '../support/a-target.ts';
import { playScene, type Scene } from '../support/release-scene.ts';
import { openBench, type Bench } from '../support/workflow-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const digest = `sha256:${'a'.repeat(64)}`;
const image = 'example/shop:4.1.0';
const promoted = { from: 'staging', release: 'shop-staging', digest };
const policy: PromotionPolicy = {
  from: 'staging',
  soakSeconds: 0,
  sameDigest: true,
  override: { people: [] },
};

interface Case {
  readonly strategy: 'standard' | 'canary' | 'blueGreen';
  readonly promotion?: Partial<PromotionPolicy>;
  /** Of what staging's pods ran; absent: unknown. */
  readonly known?: string;
  /** Whether the pods run another one. */
  readonly moved?: boolean;
}

/** What the verification was asked, in order. */
async function play(
  { strategy, promotion, known, moved = false }: Case,
  work: (scene: Scene, asked: readonly VerifyTargetInput[]) => Promise<void>,
): Promise<void> {
  const asked: VerifyTargetInput[] = [];
  const findVerified = (): Promise<PromotionRecord> => {
    const verified = { release: 'shop-staging', version: '4.1.0', image, verifiedAt: '2026-02-03T10:00:00Z' };
    return Promise.resolve({
      verified: [{ ...verified, ...(known === undefined ? {} : { digest: known }) }],
      changes: [],
    });
  };
  const tracksTested = { green: (): void => undefined };
  const verifyTarget = (input: VerifyTargetInput): Promise<VerificationReport> => {
    asked.push(input);
    if (input.target.service.deployment.endsWith('-green')) tracksTested.green();
    const bad = moved && input.promoted !== undefined;
    const summary = bad ? '4.1.0 in production is another image' : 'well';
    return Promise.resolve({ verdict: bad ? 'fail' : 'pass', summary, checks: [], warnings: [], pods: 3 });
  };
  const target = aTarget({ environment: { strategy, promotion: { ...policy, ...promotion } } });
  const besides = { findVerified, verifyTarget };
  await playScene({ bench, type: 'release', target, replicas: 10, besides }, async (scene) => {
    tracksTested.green = () => {
      scene.tracks.greenTested = true;
    };
    await work(scene, asked);
  });
}

describe.each([
  // Once its first pods are there, and at the end.
  ['canary', 2],
  // Green, and the target's own.
  ['blueGreen', 2],
  ['standard', 1],
] as const)('%s', (strategy, times) => {
  test('compares with the digest that was verified', async () => {
    await play({ strategy, known: digest }, async ({ release }, asked) => {
      const status = await release();
      expect(status).toMatchObject({ outcome: 'released', promoted });
      expect(asked.filter((each) => each.promoted !== undefined)).toHaveLength(times);
      expect(asked[0]?.promoted).toEqual(promoted);
    });
  });

  test('goes back when the tag was moved, and does not hold that against the old version', async () => {
    await play({ strategy, known: digest, moved: true }, async ({ world, release }, asked) => {
      const { outcome, reason, steps } = await release();
      expect(outcome).toBe('rolledBack');
      expect(reason).toContain('4.1.0 in production is another image');
      expect(world.image).toBe('example/shop:4.0.0');
      expect(asked.at(-1)?.promoted).toBeUndefined();
      // Only the first pods ever ran it.
      expect(steps.map(({ name }) => name)).not.toContain('Canary 30 %');
    });
  });
});

test.each([
  ['no digest is known', { strategy: 'canary' }],
  ['the file says not to', { strategy: 'canary', known: digest, promotion: { sameDigest: false } }],
] as const)('nothing is compared when %s', async (_why, how) => {
  await play(how, async ({ release }, asked) => {
    const status = await release();
    expect(status.outcome).toBe('released');
    expect(status.promoted).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
