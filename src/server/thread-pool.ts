/**
 * The threads on which libuv runs signatures, files and name look-ups. It starts four whatever the machine, and on a larger
 * one the other cores would never sign.
 */

/** A name server that does not answer holds a thread for seconds: others must be left to sign. */
const LEAST = 4;

/**
 * Takes effect when nothing has used the pool yet: libuv reads the variable then, once. A size that the administrator set
 * stays.
 *
 * @param env the environment of this process
 */
export function sizeThreadPool(env: NodeJS.ProcessEnv, cores: number): void {
  env['UV_THREADPOOL_SIZE'] ??= String(Math.max(LEAST, cores));
}
