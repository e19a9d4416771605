/**
 * Reads captures out of text: tells by prompts and first lines which kind begins where, hands each line to its builder, and
 * keeps what nobody knows. Bounded memory; no input makes it throw. Owns no meaning.
 */
import type { Capture, Quote, Reading } from '../capture.ts';
import { federationBuilder, joinBuilder, statusBuilder } from './builders.ts';
import type { Builder } from './builders.ts';
import { eventsBuilder } from './events-builder.ts';
import { linesOf } from './lines.ts';
import { beginningOf, commandOf, sectionOf, withoutDressing } from './prompts.ts';
import type { Section } from './prompts.ts';

const MAX_QUOTE = 2_000;
const MAX_UNKNOWN = 1_000;
const MAX_CAPTURES = 500;
/** Of all lines that are kept, in characters: what comes after is counted only. */
const MAX_KEPT = 32_000_000;

export interface Input {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

interface Unknown {
  /** Characters that may still be kept. */
  left: number;
  readonly quotes: Quote[];
  readonly more: Map<string, { count: number; first: number; last: number }>;
}

export async function readCaptures(inputs: readonly Input[]): Promise<Reading> {
  const captures: Capture[] = [];
  const unknown: Unknown = { left: MAX_KEPT, quotes: [], more: new Map() };
  const read: Reading['inputs'][number][] = [];
  for (const input of inputs) read.push(await readInput(input, captures, unknown));
  const more = [...unknown.more].map(([file, counted]) => ({ file, ...counted }));
  return { captures, unknown: { quotes: unknown.quotes, more }, inputs: read };
}

async function readInput(
  { name: file, bytes }: Input,
  captures: Capture[],
  unknown: Unknown,
): Promise<Reading['inputs'][number]> {
  const { lines, encoding } = linesOf(bytes);
  let current: Current | undefined;
  let line = 0;
  const close = (): void => {
    const capture = current?.builder.build();
    if (capture !== undefined && captures.length < MAX_CAPTURES) captures.push(capture);
    current = undefined;
  };
  for await (const raw of lines) {
    line += 1;
    const text = withoutDressing(raw);
    const quote = { file, line, text: text.slice(0, MAX_QUOTE) };
    const command = commandOf(text);
    const section = command === undefined ? undefined : sectionOf(command);
    if (command !== undefined) {
      close();
      if (section !== undefined) current = begin(section);
      continue;
    }
    if (text.trim() === '') continue;
    const beginning = beginningOf(text);
    if (beginning !== undefined && startsAnew(current, beginning, text)) {
      close();
      current = begin(beginning);
    }
    // Beyond the bound lines are counted, not dropped.
    unknown.left -= quote.text.length;
    const full = captures.length >= MAX_CAPTURES || unknown.left < 0;
    if (current === undefined || full || !current.builder.take(quote, text)) noteUnknown(unknown, quote);
    else advance(current, text);
  }
  close();
  return { file, lines: line, encoding: encoding() };
}

interface Current {
  readonly kind: Section['kind'];
  readonly builder: Builder;
  taken: number;
  /** Of a join: its request has its id, and its status block has begun. */
  requested: boolean;
  ended: boolean;
}

function advance(current: Current, text: string): void {
  current.taken += 1;
  current.requested ||= text.includes('ClientRequestId:');
  current.ended ||= text.trimStart().startsWith('DSREGCMD_END_STATUS');
}

function begin(section: Section): Current {
  const builder = {
    join: joinBuilder,
    status: statusBuilder,
    events: eventsBuilder,
    federation: () => federationBuilder(section.kind === 'federation' ? section.domain : undefined),
  }[section.kind]();
  return { kind: section.kind, builder, taken: 0, requested: false, ended: false };
}

/** The block at the end of a join looks like a status without boxes; boxes begin a new status wherever they stand. */
function startsAnew(current: Current | undefined, { kind }: Section, text: string): boolean {
  if (current === undefined) return true;
  if (kind === 'status' && text.includes('|'))
    return current.kind !== 'status' || (current.taken > 1 && /Device State/.test(text));
  if (kind === 'join' && current.kind === 'join')
    return current.ended || (current.requested && /^\s*DsrCLI: |ClientRequestId:/.test(text));
  if (current.kind === kind)
    return kind === 'federation' && text.trimStart().startsWith('ActiveSignInUri') && current.taken > 1;
  return !(current.kind === 'join' && kind === 'status');
}

function noteUnknown(unknown: Unknown, quote: Quote): void {
  const { quotes, more } = unknown;
  if (quotes.length < MAX_UNKNOWN && unknown.left >= 0) {
    quotes.push(quote);
    return;
  }
  const counted = more.get(quote.file) ?? { count: 0, first: quote.line, last: quote.line };
  more.set(quote.file, { ...counted, count: counted.count + 1, last: quote.line });
}
