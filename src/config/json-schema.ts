import { z } from 'zod';
import { configurationSchema } from './configuration-schema.ts';

/** What editors check `fairway.yaml` against while it is written. Rules across parts are checked on load only. */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' });
  return {
    ...schema,
    title: 'Fairway configuration',
    description: 'Services, environments and how releases of them go.',
  };
}
