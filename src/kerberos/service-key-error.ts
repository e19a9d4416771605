/** A password or keytab from which no usable keys come; the message says why and what to do, and never holds a secret. */
export class ServiceKeyError extends Error {
  override readonly name = 'ServiceKeyError';
}
