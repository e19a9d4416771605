/** The primary refresh token of the person: whether there is one, and why the last attempt failed. */
import type { StatusCapture } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { causeFinding } from './cause.ts';
import { folded, found, withConsequences } from './found.ts';
import { fieldOf, quotesOf, type StatusContext } from './status-fields.ts';

const ATTEMPT = [
  'AcquirePrtDiagnostics',
  'RefreshPrtDiagnostics',
  'Attempt Status',
  'Server Error Code',
  'Server Error Description',
  'Endpoint URI',
  'HTTP Error',
  'HTTP status',
] as const;

export function judgePrt(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const token = fieldOf(capture, 'AzureAdPrt');
  const attempt = quotesOf(capture, ...ATTEMPT);
  const failed = fieldOf(capture, 'Attempt Status') ?? fieldOf(capture, 'AcquirePrtDiagnostics');
  const cause = failed === undefined ? undefined : attemptCause(capture, context);
  if (token !== undefined && /^NO/i.test(token.value))
    return folded([...(cause === undefined ? [] : [cause]), found('DOC-ST-06', [token.quote, ...attempt])]);
  if (failed === undefined) return [];
  return [withConsequences(found('DOC-ST-19', attempt), cause === undefined ? [] : [cause])];
}

function attemptCause(capture: StatusCapture, context: StatusContext): Finding | undefined {
  const quotes = quotesOf(capture, 'Server Error Description', 'Attempt Status', 'HTTP Error');
  const text = quotesOf(capture, ...ATTEMPT)
    .map((quote) => quote.text)
    .join('\n');
  return causeFinding(quotes, { phase: 'prt', text, mappings: context.mappings });
}
