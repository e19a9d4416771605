/** Running the programs of the lab: an argument list, an environment of the lab's own, text out. */
import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
}

/** A program that ended with a status other than 0, and what it said. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;

  constructor(program: string, status: number | undefined, stdout: string, stderr: string) {
    super(`${program} ended with ${status ?? 'a signal'}: ${(stderr || stdout).trim().slice(-2000)}`);
    this.status = status;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** Only what is needed: Samba's tools must find the system's Python, and no Kerberos setting of this machine counts. */
export const BASE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  HOME: '/nonexistent',
};

/** @throws ProgramFailed */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { env = {}, input, timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { env: { ...BASE_ENVIRONMENT, ...env }, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new ProgramFailed(
              program,
              typeof error.code === 'number' ? error.code : undefined,
              stdout,
              stderr || error.message,
            ),
          );
      },
    );
    // A program that does not read its input to the end is no failure of ours.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
