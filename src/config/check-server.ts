/** What is allowed in the server part, but should be known: warnings only. */
import { isWholeInternet } from '../model/kinds.ts';
import type { ServerSettings } from '../model/server.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

export function checkServer(server: Lenient<ServerSettings>, path: Path, findings: Findings): void {
  server.windowsTransportNetworks?.forEach((network, index) => {
    if (network !== undefined && isWholeInternet(network)) {
      findings.warning(
        [...path, 'windowsTransportNetworks', index],
        'lets the whole Internet try Kerberos',
        'Name the networks of the company',
      );
    }
  });
  server.trustedProxies?.forEach((network, index) => {
    if (network !== undefined && isWholeInternet(network)) {
      findings.warning(
        [...path, 'trustedProxies', index],
        'lets every caller choose its own source address',
        'Name the addresses of the proxies',
      );
    }
  });
}
