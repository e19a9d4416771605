/**
 * The lines of an input, whatever its encoding, in bounded memory: a line of any length is kept to its first 16,384
 * characters. Knows nothing of what the lines say.
 */

/** Long enough for a certificate in one line. */
const MAX_LINE = 16_384;
/** Bytes from which the encoding is told. */
const SAMPLE = 512;

export interface Lines {
  readonly encoding: () => string;
  readonly lines: AsyncIterable<string>;
}

/** UTF-16 is told by its byte order mark, or by the zero bytes of Latin letters; everything else is read as UTF-8. */
function encodingOf(start: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const sample = start.subarray(0, SAMPLE);
  const zeros = (from: number): number => sample.filter((byte, at) => at % 2 === from && byte === 0).length;
  if (zeros(1) > sample.length / 4) return 'utf-16le';
  return zeros(0) > sample.length / 4 ? 'utf-16be' : 'utf-8';
}

/** The first piece holds enough to tell the encoding from, however the input comes. */
async function* withWholeStart(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of bytes) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < SAMPLE) continue;
    yield start;
    start = undefined;
  }
  if (start !== undefined && start.length > 0) yield start;
}

export function linesOf(bytes: AsyncIterable<Uint8Array>): Lines {
  let encoding = 'utf-8';
  async function* split(): AsyncGenerator<string> {
    let decoder: TextDecoder | undefined;
    let rest = '';
    let afterReturn = false;
    for await (const chunk of withWholeStart(bytes)) {
      decoder ??= new TextDecoder((encoding = encodingOf(chunk)));
      let text = decoder.decode(chunk, { stream: true });
      if (afterReturn && text.startsWith('\n')) text = text.slice(1);
      if (text !== '') afterReturn = text.endsWith('\r');
      const parts = text.split(/\r\n|\n|\r/);
      for (const [index, part] of parts.entries()) {
        rest = rest.length >= MAX_LINE ? rest : (rest + part).slice(0, MAX_LINE);
        if (index === parts.length - 1) break;
        yield rest;
        rest = '';
      }
    }
    rest += decoder?.decode() ?? '';
    if (rest !== '') yield rest;
  }
  return { encoding: () => encoding.toUpperCase().replace('UTF-16LE', 'UTF-16'), lines: split() };
}
