/** An administrator at the command line of the machine that `serve` runs on. */
import { join } from 'node:path';
import { run } from '../../../lab/run.ts';
import type { Mortise } from '../mortise.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'main.ts');

/** What `mortise …` prints. */
export const mortiseCommand = async ({ configurationFile }: Mortise, args: readonly string[]): Promise<string> =>
  run(process.execPath, [MAIN, ...args, '--config', configurationFile]);

export async function enrolmentCodeFor(mortise: Mortise, person: string): Promise<string> {
  const printed = await mortiseCommand(mortise, ['second-factor', 'code', person]);
  const code = /^ {2}(?<code>[0-9A-Z]{5}-[0-9A-Z]{5})$/m.exec(printed)?.groups?.['code'];
  if (code === undefined) throw new Error(`no code:\n${printed}`);
  return code;
}
