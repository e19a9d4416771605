/**
 * The errors of the device registration service: its checks as a table, and ErrorDetails ([MS-DVRJ] 2.2.3.1).
 *
 * ErrorType and Message are what Windows prints in event 204 and 304. Does not own: the checks' code.
 */
import type { Stamp } from './aadsts.ts';
import { entraTime } from './aadsts.ts';

/** `DirectoryError` and `AuthenticationError` are documented; `InvalidRequest` is our name where no answer is known. */
export type ErrorType = 'DirectoryError' | 'AuthenticationError' | 'InvalidRequest';

interface DrsCheckRow {
  readonly check: string;
  readonly status: 400 | 401;
  readonly errorType: ErrorType;
}

export const DRS_CHECKS = {
  'DBL-DRS-01': {
    check: 'discovery names the tenant or one of its verified domains, and an API version',
    status: 400,
    errorType: 'DirectoryError',
  },
  'DBL-DRS-02': {
    check: 'bearer token of this tenant, for this service, not expired',
    status: 401,
    errorType: 'AuthenticationError',
  },
  'DBL-DRS-03': { check: "token holds the device's claims", status: 400, errorType: 'AuthenticationError' },
  'DBL-DRS-04': {
    check: 'PKCS#10: the subject that Windows uses, RSA 2048, SHA-256, signed with its own key',
    status: 400,
    errorType: 'InvalidRequest',
  },
  'DBL-DRS-05': {
    check: 'body is complete, JoinType is 6, TransportKey is an RSA public key blob',
    status: 400,
    errorType: 'InvalidRequest',
  },
  'DBL-DRS-06': { check: 'not too many requests for one device', status: 400, errorType: 'DirectoryError' },
  'DBL-DRS-07': {
    check: 'device is synchronised, and the signature is that of its userCertificate',
    status: 400,
    errorType: 'DirectoryError',
  },
  'DBL-DRS-08': {
    check: "signed time is the service's own, within the allowed skew",
    status: 400,
    errorType: 'AuthenticationError',
  },
  'DBL-DRS-09': {
    check: 'the device certificate in TLS is that of a registered device, enabled, and of the one that leaves',
    status: 401,
    errorType: 'AuthenticationError',
  },
} as const satisfies Record<string, DrsCheckRow>;

export type DrsCheckId = keyof typeof DRS_CHECKS;

export class DrsRefusal extends Error {
  readonly check: DrsCheckId;
  readonly status: 400 | 401;
  readonly errorType: ErrorType;

  constructor(check: DrsCheckId, message: string, errorType: ErrorType) {
    super(message);
    this.check = check;
    this.status = DRS_CHECKS[check].status;
    this.errorType = errorType;
  }
}

export function refuseJoin(
  check: DrsCheckId,
  message: string,
  errorType: ErrorType = DRS_CHECKS[check].errorType,
): never {
  throw new DrsRefusal(check, message, errorType);
}

export interface ErrorDetails {
  readonly ErrorType: ErrorType;
  readonly Message: string;
  readonly TraceId: string;
  readonly Time: string;
}

export function errorDetails(refusal: DrsRefusal, stamp: Stamp): ErrorDetails {
  return { ErrorType: refusal.errorType, Message: refusal.message, TraceId: stamp.traceId, Time: entraTime(stamp.now) };
}
