/**
 * One message to a KDC over TCP and its answer (RFC 4120 §7.2.2): four octets of length, then the message.
 * Owns: the connection and its bounds. Does not own: what the messages say (kerberos/).
 */
import { connect } from 'node:net';

const LENGTH_OCTETS = 4;
const MAX_ANSWER = 64 * 1024;

/** Rejects when there is no whole answer within the time. */
export async function askKdc(host: string, message: Uint8Array, timeoutMs: number, port = 88): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const socket = connect({ host, port });
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  let received = Buffer.alloc(0);
  socket.on('connect', () => {
    const length = Buffer.alloc(LENGTH_OCTETS);
    length.writeUInt32BE(message.length);
    socket.write(Buffer.concat([length, message]));
  });
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length < LENGTH_OCTETS) return;
    const length = received.readUInt32BE();
    if (length > MAX_ANSWER) socket.destroy(new Error(`an answer of ${length} octets`));
    else if (received.length >= LENGTH_OCTETS + length)
      resolve(received.subarray(LENGTH_OCTETS, LENGTH_OCTETS + length));
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the connection was closed without an answer')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
