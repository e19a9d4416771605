/**
 * What an administrator may have done by the command line, and what comes of it: plain data, as it goes over the local
 * socket of a running `serve`. Owns the forms. Does not own the doing (administer.ts) nor the way there.
 */
import { z } from 'zod';

export const order = z.strictObject({
  kind: z.enum(['make-enrolment-code', 'reset-second-factors']),
  /** User name, UPN, objectGUID, or the user's id. */
  user: z.string().min(1).max(1_024),
  /** The operating system's account of the administrator. */
  by: z.string().min(1).max(256),
});

export const orderResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('enrolment-code-made'),
    username: z.string(),
    code: z.string(),
    expiresAt: z.iso.datetime(),
    /** How many second factors the person has already. */
    factors: z.int(),
  }),
  z.object({
    kind: z.literal('second-factors-reset'),
    username: z.string(),
    factors: z.int(),
    sessions: z.int(),
  }),
  z.object({ kind: z.literal('nobody') }),
  /** More than one person goes by this name. */
  z.object({ kind: z.literal('several'), people: z.array(z.object({ id: z.string(), username: z.string() })) }),
]);

export type Order = z.infer<typeof order>;
export type OrderResult = z.infer<typeof orderResult>;
/** When nobody, or more than one person, goes by the name. */
export type NotOne = Extract<OrderResult, { kind: 'nobody' | 'several' }>;
