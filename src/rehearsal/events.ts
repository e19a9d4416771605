/**
 * The events that Windows logs where a join or a sign-in fails: which log, which number. When each is logged is documented
 * for 201, 204, 304, 305 and 307, and for 1081, 1084, 1086 and 1088; otherwise it is read from the events' own texts.
 */
import type { JoinResult } from './device.ts';
import { HRESULTS } from './join-codes.ts';
import type { JoinFailure } from './join-codes.ts';

/** Microsoft-Windows-User Device Registration/Admin, and Microsoft-Windows-AAD/Operational. */
const REGISTRATION = 'User Device Registration';
const AAD = 'AAD';

/** `User Device Registration 305, then 306`; in the order in which they are logged. */
export function eventsOfJoin({
  failure,
  fallbackFailure,
  joinedBy,
}: Pick<JoinResult, 'failure' | 'fallbackFailure' | 'joinedBy'>): string {
  const ids = [
    ...(failure === undefined ? [] : idsOf(failure)),
    ...(fallbackFailure === undefined ? [] : idsOf(fallbackFailure)),
    ...(joinedBy === undefined ? [] : [SUCCEEDED]),
  ];
  const fault = failure !== undefined && isFault(failure) ? `; ${AAD} ${WS_TRUST_FAULT} with the fault’s text` : '';
  return `${REGISTRATION} ${ids.join(', then ')}${fault}`;
}

const SUCCEEDED = 306;
const WS_TRUST_FAULT = 1088;

const isFault = ({ hresult }: JoinFailure): boolean => hresult === 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED';

/** The suberror first, where there is one, then the event of the phase. */
function idsOf({ phase, hresult, server }: JoinFailure): readonly number[] {
  if (phase === 'auth') return [305];
  if (phase === 'join') return [server.status === undefined ? 203 : 204, 304];
  if (hresult === 'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED') return [307, 304];
  if (hresult === 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED') return [304];
  return [server.status === undefined ? 200 : 201, 304];
}

/** Of a person's sign-in: what names the cause, in the log between 1006 and 1007. */
export function eventsOfSignIn({ hresult, server }: JoinFailure): string {
  const id = signInId(hresult, server);
  return [...(id === undefined ? [] : [`${AAD} ${id}`]), `${AAD} 1007 (Analytic) with the status`].join(', then ');
}

function signInId(hresult: JoinFailure['hresult'], { errorCode }: JoinFailure['server']): number | undefined {
  if (hresult === 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED') return 1086;
  if (hresult === 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED') return WS_TRUST_FAULT;
  if (hresult === 'ERROR_ADAL_INTERNET_CANNOT_CONNECT') return 1084;
  // 0xcaa2…: an OAuth error of Entra; 0xcaa3…: an HTTP status.
  if (HRESULTS[hresult].startsWith('0xcaa2') && errorCode !== undefined) return 1081;
  return HRESULTS[hresult].startsWith('0xcaa3') ? 1025 : undefined;
}
