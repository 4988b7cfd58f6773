/** `groups`: names for people who may do something together. */
import { z } from 'zod';
import { expecting } from './expecting.ts';
import { peopleSchema } from './permission-schema.ts';

const members = expecting('a list of one person or more, for example [ada@example.com]');

export const groupsSchema = z
  .record(z.string(), peopleSchema.min(1, members), expecting('a mapping of group names to lists of people'))
  .default({})
  .describe('People who may do something together, by a name of their own: `on-call: [ada@example.com]`.');
