/** Debian packages of the products that Mortise is measured beside. */
import type { DebianPackage } from '../../lab/packages.ts';

const SIMPLESAMLPHP = 'SimpleSAMLphp as a peer: passive sign-in by its adfs module';

/** The PHP extensions are those that SimpleSAMLphp's own installation guide asks for and that its package does not pull in. */
export const BENCH_PACKAGES: readonly DebianPackage[] = [
  // Before simplesamlphp: apt then takes them for "httpd" and for PHP's server side, not Apache.
  { name: 'nginx-light', neededFor: SIMPLESAMLPHP },
  { name: 'php-fpm', neededFor: SIMPLESAMLPHP },
  { name: 'php-xml', neededFor: SIMPLESAMLPHP },
  { name: 'php-mbstring', neededFor: SIMPLESAMLPHP },
  { name: 'php-intl', neededFor: SIMPLESAMLPHP },
  { name: 'simplesamlphp', neededFor: SIMPLESAMLPHP },
];
