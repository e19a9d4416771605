/** The environment: everything an administrator configures about identities, whole and cross-checked. */
import { z } from 'zod';
import { application } from './application.ts';
import { gateway } from './gateway.ts';
import { id } from './identifiers.ts';

export const population = z.strictObject({ id, name: z.string().min(1), description: z.string().optional() });

export const customAttribute = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'starts with a letter, then letters, digits, _ and -'),
  displayName: z.string().optional(),
  schemaType: z.literal('CUSTOM'),
  type: z.enum(['STRING', 'BOOLEAN']),
  unique: z.boolean(),
  multiValued: z.literal(false),
  enabled: z.boolean(),
});

export const environment = z.strictObject({
  populations: z.array(population).min(1),
  customAttributes: z.array(customAttribute),
  gateways: z.array(gateway).min(1),
  applications: z.array(application).min(1),
});

export type Population = z.infer<typeof population>;
export type CustomAttribute = z.infer<typeof customAttribute>;
export type Environment = z.infer<typeof environment>;
