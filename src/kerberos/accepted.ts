/** What the acceptor returns: who was verified. Every field comes from what was encrypted, or from the configuration. */

export interface AcceptedClient {
  /** Kerberos realm of the client, as in the ticket. */
  readonly realm: string;
  /** Name components joined by `/`, as in the ticket: `DESKTOP-01$`, `anna.muster`. */
  readonly name: string;
  /** objectSid of the account, as the KDC signed it in the ticket's PAC; undefined when the ticket has none. */
  readonly sid: string | undefined;
  /** How many groups the PAC lists: what makes a ticket large. Undefined when it says nothing of groups. */
  readonly groups: number | undefined;
  /** The service principal for which the ticket was taken, as configured: `HTTP/sso.example.com`. */
  readonly service: string;
  readonly ticketEncryptionType: number;
  /** Version of the keytab's key that opened the ticket; undefined with keys from a password. */
  readonly kvno: number | undefined;
  /** Which former credential's key opened the ticket, counted back from 1; undefined for the present one. */
  readonly formerKey: number | undefined;
  readonly authTime: Date;
  readonly endTime: Date;
}
