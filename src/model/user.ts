/** A stored user: a person or a device, created at its first sign-in from the directory entry. */

export interface User {
  readonly id: string;
  readonly populationId: string;
  readonly username: string;
  readonly enabled: boolean;
  /** Mapped attributes by PingOne name, nested names with dots (`name.given`); custom attributes beside them. */
  readonly attributes: Readonly<Record<string, string | boolean>>;
  /** Where the user comes from; null once the link is retired. */
  readonly link: DirectoryLink | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `user.password.external.gateway` of the PingOne API. */
export interface DirectoryLink {
  readonly gatewayId: string;
  readonly userTypeId: string;
  /** Text forms, by attribute name as configured: objectGUID as UUID text, objectSid as S-1-5-…, dn. */
  readonly correlationAttributes: Readonly<Record<string, string>>;
}
