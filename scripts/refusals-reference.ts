/** `docs/refusals.md`, made from the table of refusals: one heading for each code, because the log links to it. */
import type { Answer, RefusalRow } from '../src/refusal.ts';
import { refusals } from '../src/refusal.ts';

const OPENING = `<!-- Made by \`npm run docs\` from src/refusal.ts. Do not edit. -->

# Refusals

Every reason for which Mortise says no. The code is the same in the SOAP fault (and so in Windows' event
1088), in the record (\`mortise log\`), in the log and here. What was expected and what came instead stands in the record
only; the caller reads general words and the code.
`;

export function refusalsReference(): string {
  return [OPENING, ...Object.entries(refusals).map(([code, row]) => section(code, row))].join('\n');
}

function section(code: string, row: RefusalRow): string {
  return `## ${code}

**${row.title}.**

*Cause:* ${row.cause}

*Cure:* ${row.cure}

*The caller sees:* ${answerText(row.answer)}; \`${row.subcode}\`, “${row.caller}”
`;
}

function answerText(answer: Answer): string {
  if (answer === 'challenge') return 'HTTP 401 with `WWW-Authenticate: Negotiate`, and a SOAP fault as body';
  if (answer === 'fault') return 'a SOAP fault with the application’s `soapFaultStatus`, 500 by default';
  return `HTTP ${answer}`;
}
