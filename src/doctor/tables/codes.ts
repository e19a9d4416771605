/**
 * What the codes in a capture mean: HRESULT, NTSTATUS and WinHTTP codes (join-codes.json, with the symbols of ADAL as a
 * decoding aid), AADSTS codes, and the errors of the registration service. Does not judge which one is the cause.
 */
import type { Confidence, Severity } from '../finding.ts';
import aadstsTable from './aadsts.json' with { type: 'json' };
import causes from './causes.json' with { type: 'json' };
import adal from './join-codes-adal.json' with { type: 'json' };
import joinTable from './join-codes.json' with { type: 'json' };
import serverTable from './server-errors.json' with { type: 'json' };

export interface JoinCode {
  /** Lower-case hex with 8 digits, or a WinHTTP code in decimal. */
  readonly code: string;
  readonly phase: string;
  /** Only a `cause` may ever be named as one. */
  readonly role: 'cause' | 'wrapper' | 'informational';
  readonly symbol?: string;
  readonly meaning: string;
  readonly fix?: string;
  readonly confidence: Confidence;
}

export interface AadstsCode {
  readonly code: string;
  readonly group: string;
  readonly name?: string;
  readonly meaning: string;
  readonly confidence: Confidence;
}

export interface ServerError {
  readonly code: string;
  /** Part of the service's message. */
  readonly message: string;
  readonly rule?: string;
  readonly meaning: string;
  readonly fix: string;
  readonly severity: Severity;
}

export const JOIN_CODES = joinTable.rows as readonly JoinCode[];
export const AADSTS_CODES = aadstsTable.rows as readonly AadstsCode[];
export const SERVER_ERRORS = serverTable.rows as readonly ServerError[];

const symbols = new Map(Object.entries(adal.symbols));
const fixes = new Map(Object.entries(aadstsTable.fixes));
const hresultRules = new Map(Object.entries(causes.hresult));
const aadstsRules = new Map(Object.entries(causes.aadsts));

/** As the tables spell it: `0xCAA20003`, `CAA20003` and `-895352829` are all `0xcaa20003`. */
export function normalCode(text: string): string {
  const code = text.trim().toLowerCase();
  if (/^-\d{1,10}$/.test(code)) return `0x${(Number(code) >>> 0).toString(16).padStart(8, '0')}`;
  return /^[0-9a-f]{8}$/.test(code) && /[a-f]/.test(code) ? `0x${code}` : code;
}

/** The row for that phase where one code has several meanings. */
export function joinCode(code: string, phase?: string): JoinCode | undefined {
  const rows = JOIN_CODES.filter((row) => row.code === code);
  return rows.find((row) => row.phase === phase) ?? rows[0];
}

export const adalSymbol = (code: string): string | undefined => symbols.get(code);

/** 0x4aa… and 0x0aa… report progress (severity bits of the HRESULT); 0 is success. */
export function roleOf(code: string): JoinCode['role'] {
  if (/^0x0*$|^0x[04]aa/.test(code)) return 'informational';
  return joinCode(code)?.role ?? 'cause';
}

export const aadstsCode = (code: string): AadstsCode | undefined => AADSTS_CODES.find((row) => row.code === code);
export const aadstsFix = (group: string): string => fixes.get(group) ?? '';
export const ruleOfCode = (code: string): string | undefined => hresultRules.get(code);
export const ruleOfAadsts = (code: string): string | undefined => aadstsRules.get(code);

/** By what the service's message says; its wording carries ids and names, so that only a part is compared. */
export const serverError = (message: string): ServerError | undefined =>
  SERVER_ERRORS.find((row) => message.toLowerCase().includes(row.message.toLowerCase()));
