/**
 * One seed for every property test, so that each run of `npm test` checks the same cases. Another one looks further:
 *
 *   FAST_CHECK_SEED=$RANDOM npx vitest run test/saml
 */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_261_123) });
