/** Which of this folder's packages are not installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PEERS = ['saml', 'samlify'] as const;

export const missingPeers = (): readonly string[] =>
  PEERS.filter((name) => !existsSync(join(import.meta.dirname, 'node_modules', name)));
