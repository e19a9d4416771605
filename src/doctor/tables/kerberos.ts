/** The Kerberos and AES procedure in its order (kerberos.json), and the step to which a piece of evidence points. */
import type { FixStep } from '../finding.ts';
import table from './kerberos.json' with { type: 'json' };

const evidence = table.evidence.map((row) => ({ pattern: new RegExp(row.pattern, 'i'), step: row.step }));

/** Where nothing points further, the procedure starts at its first step. */
export function kerberosSteps(text: string): readonly FixStep[] {
  const pointed = evidence.find((row) => row.pattern.test(text))?.step ?? 'aes';
  return table.steps.map((step) => ({
    text: step.text,
    command: step.command,
    ...(step.id === pointed && { pointedTo: true as const }),
  }));
}
