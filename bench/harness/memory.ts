/** Memory of a process, from Linux's /proc. */
import { readFileSync } from 'node:fs';

const KIB_IN_MIB = 1_024;

/** What it holds now, in MiB: VmRSS of proc(5). */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(?<kib>\d+) kB$/m.exec(status)?.groups?.['kib']) / KIB_IN_MIB;
}
