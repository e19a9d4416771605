/** The environment: everything an administrator configures about identities, whole and cross-checked. */
import { z } from 'zod';
import { application } from './application.ts';
import { gateway } from './gateway.ts';
import { customAttributeName, id, nonEmpty } from './kinds.ts';
import { signIn } from './sign-in.ts';

export const population = z.strictObject({
  id: id.describe('Identifier of the population; stored users refer to it, so it must never change.'),
  name: nonEmpty.describe('Name for people.'),
  description: z.string().optional().describe('Free text.'),
});

export const customAttribute = z.strictObject({
  name: customAttributeName.describe('Name, as expressions read it: `user.NAME`.'),
  displayName: z.string().optional().describe('Name for people.'),
  schemaType: z.literal('CUSTOM').describe('Custom attributes are the only ones that are declared.'),
  type: z.enum(['STRING', 'BOOLEAN']).describe('Text, or true and false.'),
  unique: z.boolean().describe('Whether no two users may have the same value.'),
  multiValued: z.literal(false).describe('Attributes have one value.'),
  enabled: z.boolean().describe('Whether it is used.'),
});

export const environment = z.strictObject({
  populations: z.array(population).min(1).describe('Groups of users; people and devices have one each.'),
  customAttributes: z
    .array(customAttribute)
    .describe('User attributes beside the standard ones. Those that the templates need are declared by themselves.'),
  gateways: z.array(gateway).min(1).describe('The connections to Active Directory.'),
  applications: z.array(application).min(1).describe('One Microsoft 365 application for each federated domain.'),
  signIn: signIn.describe('Sign-in in the browser.'),
});

export type CustomAttribute = z.infer<typeof customAttribute>;
export type Environment = z.infer<typeof environment>;
