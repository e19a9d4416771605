/**
 * The body of an application/x-www-form-urlencoded request, strictly: UTF-8, each parameter once.
 *
 * Does not own: the Content-Type and which parameters there must be, which are checks of the endpoints.
 */

/** `malformed` refuses, with the endpoint's own check. */
export function readFormBody(body: Uint8Array, malformed: (found: string) => never): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const pair of decodeText(body, malformed)
    .split('&')
    .filter((pair) => pair !== '')) {
    const equals = pair.indexOf('=');
    const name = formDecode(equals === -1 ? pair : pair.slice(0, equals), malformed);
    if (result.has(name)) malformed(`parameter ${name} sent twice`);
    result.set(name, equals === -1 ? '' : formDecode(pair.slice(equals + 1), malformed));
  }
  return result;
}

function decodeText(body: Uint8Array, malformed: (found: string) => never): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return malformed('the body is not UTF-8');
  }
}

function formDecode(text: string, malformed: (found: string) => never): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return malformed('a percent-encoding of the body is not UTF-8');
  }
}
