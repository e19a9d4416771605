/** The cookies of the scripted browser: kept for one host and its whole path, as RFC 6265bis has a browser keep them. */
import { parseSetCookie, stringifyCookie } from 'cookie';
import type { SetCookie } from 'cookie';

export interface CookieJar {
  /** @param lines the Set-Cookie headers of an answer of that host */
  keep(hostname: string, lines: readonly string[]): void;
  /** The Cookie header; empty when there is none. */
  headerFor(hostname: string): string;
}

const asTheyAre = { encode: (value: string) => value, decode: (value: string) => value };

export function openCookieJar(now: () => Date): CookieJar {
  const jar = new Map<string, Map<string, SetCookie>>();
  return {
    keep: (hostname, lines) => {
      const cookies = jar.get(hostname) ?? new Map<string, SetCookie>();
      jar.set(hostname, cookies);
      for (const cookie of lines.map((line) => parseSetCookie(line, asTheyAre)).filter(isTaken)) {
        if (isOver(cookie, now())) cookies.delete(cookie.name);
        else cookies.set(cookie.name, cookie);
      }
    },
    headerFor: (hostname) => {
      const alive = [...(jar.get(hostname)?.values() ?? [])].filter((cookie) => !isOver(cookie, now()));
      return stringifyCookie(Object.fromEntries(alive.map(({ name, value }) => [name, value])), asTheyAre);
    },
  };
}

/** RFC 6265bis §4.1.3.2: a browser does not keep a `__Host-` cookie that could be another host's. */
function isTaken({ name, secure, path, domain }: SetCookie): boolean {
  return !name.startsWith('__Host-') || (secure === true && path === '/' && domain === undefined);
}

/** Of `Max-Age` nothing but an end at once is minded: no rehearsal lasts as long as a session. */
function isOver({ maxAge, expires }: SetCookie, now: Date): boolean {
  if (maxAge !== undefined) return maxAge <= 0;
  return expires !== undefined && expires.getTime() <= now.getTime();
}
