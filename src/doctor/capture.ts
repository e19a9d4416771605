/**
 * What the doctor reads: captures from a Windows computer or from Microsoft Graph, as data, each value with the line it
 * stands in. Made by read/, judged by diagnose/ and compare/. Bounded: whatever is too much is counted in `omitted`.
 */

/** A line of an input, as it stands there; cut at 2,000 characters. */
export interface Quote {
  /** Name of the file as it was given, or `stdin`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** One line of `dsregcmd /join /debug` that is known (tables/join-lines.json). */
export interface JoinStep {
  /** Stable name of the kind of line, such as `tenant-info`, `hresult`, `oauth-error`, `fallback`. */
  readonly name: string;
  readonly phase: 'start' | 'pre-check' | 'discover' | 'auth' | 'fallback' | 'join' | 'end';
  /** The values in the line, by name. */
  readonly values: Readonly<Record<string, string>>;
  readonly quote: Quote;
}

/** One attempt to join, with the status block at its end. */
export interface JoinCapture {
  readonly kind: 'join';
  readonly steps: readonly JoinStep[];
  readonly status: StatusCapture | undefined;
  readonly omitted: number;
}

export interface StatusField {
  /** Title of the box it stands in; undefined without boxes. */
  readonly section: string | undefined;
  /** As the table spells it where it is known (tables/status-fields.json), else as it stands. */
  readonly name: string;
  readonly value: string;
  readonly known: boolean;
  readonly quote: Quote;
}

/** `dsregcmd /status`, or the block after DSREGCMD_END_STATUS. */
export interface StatusCapture {
  readonly kind: 'status';
  readonly fields: readonly StatusField[];
  readonly omitted: number;
}

export interface FederationProperty {
  readonly name: string;
  /** Wrapped lines joined; of a certificate without white space. */
  readonly value: string;
  /** Its first line. */
  readonly quote: Quote;
}

/** `Get-MgDomainFederationConfiguration | Format-List`: one object. */
export interface FederationCapture {
  readonly kind: 'federation';
  readonly properties: readonly FederationProperty[];
  /** `-DomainId` of the command, where the prompt line was captured. */
  readonly domain: string | undefined;
  readonly omitted: number;
}

export interface LoggedEvent {
  /** Undefined where the message alone was captured and no known message fits. */
  readonly id: number | undefined;
  readonly log: 'user-device-registration' | 'aad' | undefined;
  /** As written; undefined where it was not captured. */
  readonly time: string | undefined;
  /** Lines joined by `\n`; cut at 8,000 characters. */
  readonly message: string;
  readonly quote: Quote;
}

export interface EventCapture {
  readonly kind: 'events';
  readonly events: readonly LoggedEvent[];
  readonly omitted: number;
}

export type Capture = JoinCapture | StatusCapture | FederationCapture | EventCapture;

export interface UnknownLines {
  /** The first of them. */
  readonly quotes: readonly Quote[];
  /** Those beyond, by file: how many, and from which line to which. */
  readonly more: readonly {
    readonly file: string;
    readonly count: number;
    readonly first: number;
    readonly last: number;
  }[];
}

export interface Reading {
  /** In the order of the input. */
  readonly captures: readonly Capture[];
  /** Lines with text that no reader knew; shown, never dropped. Prompts and empty lines are not among them. */
  readonly unknown: UnknownLines;
  /** Of each input: its name, how many lines, its encoding. */
  readonly inputs: readonly { readonly file: string; readonly lines: number; readonly encoding: string }[];
}
