/** What the acceptor returns: who was verified, and what to send back. */

export interface AcceptedClient {
  /** Kerberos realm of the client, as in the ticket. */
  readonly realm: string;
  /** Name components joined by `/`, as in the ticket: `DESKTOP-01$`, `anna.muster`. */
  readonly name: string;
  /** Service principal of the ticket, `HTTP/sso.example.com`. */
  readonly service: string;
  readonly ticketEncryptionType: number;
  readonly kvno: number | undefined;
  readonly authTime: Date;
  readonly endTime: Date;
}
