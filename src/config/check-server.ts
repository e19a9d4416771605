/** How the server part fits together: what is allowed but should be known, and what must not be. */
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
  server.metrics?.networks?.forEach((network, index) => {
    if (network !== undefined && isWholeInternet(network)) {
      findings.problem(
        [...path, 'metrics', 'networks', index],
        'would show the metrics to everybody',
        'Name the addresses of the monitoring',
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
