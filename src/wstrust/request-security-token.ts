/** A RequestSecurityToken (RST), parsed once and strictly (WS-Trust 1.3 §3.1, WS-Trust 2005/02 §5.1). */

export type TrustVersion = '2005' | '1.3';

export interface RequestSecurityToken {
  readonly version: TrustVersion;
  /** wsa:MessageID, when there was one; the answer's RelatesTo. */
  readonly messageId?: string;
  /** wsa:To */
  readonly to?: string;
  readonly appliesTo: string;
  /** The request carries a wsse:UsernameToken (whose content is not kept here). */
  readonly hasUsernameToken: boolean;
}
