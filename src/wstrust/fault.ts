/**
 * A SOAP 1.2 fault (SOAP 1.2 Part 1 §5.4), in the one shape that every client can read: a prefixed Subcode QName
 * (MSAL4J and ADAL Python cut it at the colon), exactly one Subcode (adal-node), a Reason (MSAL Python fails without).
 * Does not own the HTTP status: the server takes it from the application.
 */
import { refusals } from '../refusal.ts';
import type { FaultSubcode, Refusal, RefusalCode } from '../refusal.ts';
import { toText, xml } from '../xml/markup.ts';
import { SOAP, WSA, WSA_FAULT_ACTION } from './namespaces.ts';
import { TRUST_PROTOCOLS } from './trust-version.ts';
import type { TrustVersion } from './trust-version.ts';

export interface SoapFault {
  /** Default Sender. */
  readonly code?: 'Sender' | 'Receiver' | 'MustUnderstand';
  /** A fault code of WS-Trust 1.3 §11 (2005/02 §10), local name. */
  readonly subcode: FaultSubcode;
  readonly reason: string;
  /** MessageID of the request. */
  readonly relatesTo?: string;
  /** In whose namespace the subcode stands; 1.3 when the request did not come far enough to tell. */
  readonly version?: TrustVersion;
}

/** Written without white space between elements; the caller sends it as application/soap+xml in UTF-8. */
export function writeFault({ code = 'Sender', subcode, reason, relatesTo, version = '1.3' }: SoapFault): string {
  const related = relatesTo === undefined ? xml`` : xml`<a:RelatesTo>${relatesTo}</a:RelatesTo>`;
  const trust = TRUST_PROTOCOLS[version].namespace;
  // The Subcode's own `a`, as AD FS writes it: what users find on the web reads `a:FailedAuthentication`.
  return toText(
    xml`<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA}"><s:Header><a:Action s:mustUnderstand="1">${WSA_FAULT_ACTION}</a:Action>${related}</s:Header><s:Body><s:Fault><s:Code><s:Value>s:${code}</s:Value><s:Subcode><s:Value xmlns:a="${trust}">a:${subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">${reason}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`,
  );
}

/**
 * The fault of a refusal.
 *
 * Windows writes subcode and text into event 1088, so the text ends in the refusal's stable code: it is all that an
 * administrator at the computer gets. The code tells a caller without a ticket what anybody in the domain can read in
 * AD or ask the KDC (realm, SPN, encryption types, kvno), and a caller with one the state of his own account; names,
 * values and configuration stay in the record.
 *
 * Sender even for failures of ours: AD FS does the same and clients were proved against that.
 *
 * @param shownAs the code that the caller reads in place of the refusal's own, where that would tell a stranger too much
 */
export function faultOfRefusal(
  refusal: Refusal,
  relatesTo?: string,
  version?: TrustVersion,
  shownAs: RefusalCode = refusal.code,
): string {
  const { subcode, caller } = refusals[shownAs];
  return writeFault({
    code: codeOf(shownAs),
    subcode,
    reason: `${caller} (${shownAs})`,
    ...(relatesTo !== undefined && { relatesTo }),
    ...(version !== undefined && { version }),
  });
}

/** SOAP 1.2 §5.4.6 reserves a code for a mandatory header; everything else is the sender's to change. */
function codeOf(code: RefusalCode): 'Sender' | 'MustUnderstand' {
  return code === 'soap-header-not-understood' ? 'MustUnderstand' : 'Sender';
}
