/** `mortise check`: reads the configuration as `serve` would, and says what it found. */
import { problemText } from '../config/problem.ts';
import { readConfiguration } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function checkConfiguration(options: ConfigOption): Promise<number> {
  const { environment, warnings } = readConfiguration(options);
  for (const warning of warnings) console.log(`Warning: ${problemText(warning)}`);
  const domains = environment.applications.map((application) => application.domainName).join(', ');
  console.log(
    `${options.config} is sound: ${environment.applications.length} application(s) for ${domains}, ${environment.gateways.length} gateway(s).`,
  );
  return 0;
}
