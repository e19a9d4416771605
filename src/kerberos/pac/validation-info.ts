/** KERB_VALIDATION_INFO ([MS-PAC] §2.5): who signed in, and the groups of the account. */
import type { NdrReader } from './ndr.ts';
import { ndrReader } from './ndr.ts';

export interface GroupMembership {
  readonly relativeId: number;
  readonly attributes: number;
}

export interface SidAndAttributes {
  readonly sid: string;
  readonly attributes: number;
}

/** Scripts, profiles and home directories are passed over: they concern a desktop. */
export interface ValidationInfo {
  readonly logonTime: Date | undefined;
  readonly passwordLastSet: Date | undefined;
  readonly effectiveName: string;
  readonly fullName: string;
  readonly logonServer: string;
  readonly logonDomainName: string;
  readonly logonDomainId: string | undefined;
  /** 0: the account is the first of {@link extraSids}. */
  readonly userId: number;
  readonly primaryGroupId: number;
  readonly userAccountControl: number;
  readonly groupIds: readonly GroupMembership[];
  readonly extraSids: readonly SidAndAttributes[];
  readonly resourceGroupDomainSid: string | undefined;
  readonly resourceGroupIds: readonly GroupMembership[];
}

/** @throws PacError */
export function readValidationInfo(bytes: Uint8Array): ValidationInfo {
  const ndr = ndrReader(bytes, 'KERB_VALIDATION_INFO');
  const logonTime = ndr.fileTime();
  ndr.skip(16); // LogoffTime, KickOffTime
  const passwordLastSet = ndr.fileTime();
  ndr.skip(16); // PasswordCanChange, PasswordMustChange
  const firstHeads = Array.from({ length: 6 }, () => ndr.stringHead());
  ndr.skip(4); // LogonCount, BadPasswordCount
  const [userId, primaryGroupId, groupCount] = [ndr.uint32(), ndr.uint32(), ndr.uint32()];
  const hasGroups = ndr.pointer();
  ndr.skip(20); // UserFlags, UserSessionKey (zero with Kerberos)
  const laterHeads = [ndr.stringHead(), ndr.stringHead()];
  const hasDomain = ndr.pointer();
  ndr.skip(8); // Reserved1
  const userAccountControl = ndr.uint32();
  ndr.skip(28); // SubAuthStatus, LastSuccessfulILogon, LastFailedILogon, FailedILogonCount, Reserved3
  const sidCount = ndr.uint32();
  const hasSids = ndr.pointer();
  const hasResourceDomain = ndr.pointer();
  const resourceGroupCount = ndr.uint32();
  const hasResourceGroups = ndr.pointer();
  // What the pointers point to, in their order.
  const [effectiveName = '', fullName = ''] = firstHeads.map((head) => ndr.characters(head));
  const groupIds = readGroups(ndr, hasGroups, groupCount);
  const [logonServer = '', logonDomainName = ''] = laterHeads.map((head) => ndr.characters(head));
  const logonDomainId = hasDomain ? ndr.rpcSid() : undefined;
  const extraSids = readSids(ndr, hasSids, sidCount);
  const resourceGroupDomainSid = hasResourceDomain ? ndr.rpcSid() : undefined;
  const resourceGroupIds = readGroups(ndr, hasResourceGroups, resourceGroupCount);
  return {
    logonTime,
    passwordLastSet,
    effectiveName,
    fullName,
    logonServer,
    logonDomainName,
    logonDomainId,
    userId,
    primaryGroupId,
    userAccountControl,
    groupIds,
    extraSids,
    resourceGroupDomainSid,
    resourceGroupIds,
  };
}

const readGroups = (ndr: NdrReader, isThere: boolean, count: number): readonly GroupMembership[] =>
  ndr.array(isThere, count, 8, () => ({ relativeId: ndr.uint32(), attributes: ndr.uint32() }));

/** The array holds pointers; the SIDs follow it. */
function readSids(ndr: NdrReader, isThere: boolean, count: number): readonly SidAndAttributes[] {
  const heads = ndr.array(isThere, count, 8, () => ({ hasSid: ndr.pointer(), attributes: ndr.uint32() }));
  return heads.flatMap(({ hasSid, attributes }) => (hasSid ? [{ sid: ndr.rpcSid(), attributes }] : []));
}

/** §2.5, UserId; undefined when the structure names no account. */
export function accountSid({ userId, logonDomainId, extraSids }: ValidationInfo): string | undefined {
  if (userId === 0) return extraSids[0]?.sid;
  return logonDomainId === undefined ? undefined : `${logonDomainId}-${userId}`;
}

/** All groups that the ticket carries, those of the resource's domain too. */
export const groupCount = ({ groupIds, extraSids, resourceGroupIds }: ValidationInfo): number =>
  groupIds.length + extraSids.length + resourceGroupIds.length;
