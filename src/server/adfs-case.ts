/** AD FS does not mind upper and lower case in its addresses, and Microsoft's tools and documents mix them. */
import { ADFS_PATHS } from '../model/urls.ts';

const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  [...Object.values(ADFS_PATHS), `${ADFS_PATHS.passiveSignIn}/`].map((path) => [path.toLowerCase(), path]),
);

/** The target of a request as the routes spell it, where it is one of AD FS's; any other as it came. */
export function inAdfsCase(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const known = BY_LOWER_CASE.get(path.toLowerCase());
  return known === undefined ? url : known + url.slice(path.length);
}
