/** SOAP over HTTP: one media type for every answer, because clients guess ISO-8859-1 for a text type without a charset. */
import type { HttpReply } from './http-server.ts';

export const SOAP_MEDIA_TYPE = 'application/soap+xml; charset=utf-8';

export function sendSoap(reply: HttpReply, status: number, envelope: string): HttpReply {
  return reply.code(status).header('Content-Type', SOAP_MEDIA_TYPE).header('Cache-Control', 'no-store').send(envelope);
}
