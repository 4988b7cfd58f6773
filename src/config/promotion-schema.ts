/** `promotion` of an environment: which other one has to have verified an image first. */
import { z } from 'zod';
import type { PromotionPolicy } from '../domain/promotion.ts';
import { duration } from './duration.ts';
import { expecting } from './expecting.ts';
import { text } from './names.ts';
import { permissionSchema, toPermission, type Groups } from './permission-schema.ts';

export const promotionSchema = z
  .strictObject(
    {
      from: text('the name of another environment').describe(
        'The environment that has to have verified the same image. Its releases are looked up in Temporal.',
      ),
      soak: duration({ from: '0s', to: '720h' })
        .prefault('0s')
        .describe('How long the image must have been there, verified.'),
      sameDigest: z
        .boolean(expecting('true or false'))
        .default(true)
        .describe(
          'The pods must run the very digest that was verified, where one is known: a tag that was moved since does not pass. ' +
            'Set it to false where the images of the two environments are built or stored apart.',
        ),
      override: permissionSchema
        .optional()
        .describe('Who may let a release go all the same, with a reason. Absent: nobody.'),
    },
    expecting('a mapping with from'),
  )
  .describe('What has to have happened elsewhere before a release here. Absent: nothing.');

type PromotionEntry = z.output<typeof promotionSchema>;

export function toPromotion(
  { from, soak, sameDigest, override }: PromotionEntry,
  groups: Groups,
): PromotionPolicy {
  return { from, soakSeconds: soak, sameDigest, override: toPermission(override, groups) };
}
