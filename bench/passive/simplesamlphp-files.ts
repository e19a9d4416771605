/**
 * Configuration of the SimpleSAMLphp peer: nginx, php-fpm and SimpleSAMLphp's own files, each as a text.
 *
 * As a careful administrator sets them for production: OPcache on and not looking for changed files, sessions in files (the
 * product's default), log at its default level, no access log. Does not own starting it (simplesamlphp.ts).
 */
import { CLAIMS, HOST, PERSON, REALM, REPLY_TO } from './identity-provider.ts';

/** Where Debian puts it. */
const PROGRAM = '/usr/share/simplesamlphp';
const ENTITY_ID = 'urn:bench:simplesamlphp';

export interface Place {
  /** Folder of this peer; every file of it lies there. */
  readonly folder: string;
  readonly port: number;
  readonly workers: number;
  /** Account of the workers, when started by root; they run as the starter otherwise. */
  readonly account: string | undefined;
}

export const signInPath = '/simplesaml/module.php/adfs/idp/prp.php';
export const socketOf = ({ folder }: Place): string => `${folder}/php-fpm.sock`;

export function nginxConfiguration(place: Place): string {
  const { folder, port, workers, account } = place;
  const at = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/tmp;`);
  return `
${account === undefined ? '' : `user ${account};`}
daemon off;
worker_processes ${workers};
pid ${folder}/nginx.pid;
error_log ${folder}/log/nginx.log;
events { worker_connections 256; }
http {
  ${at.join('\n  ')}
  access_log off;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${HOST};
    ssl_certificate ${folder}/tls.pem;
    ssl_certificate_key ${folder}/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location ^~ /simplesaml {
      alias ${PROGRAM}/www;
      location ~ ^/simplesaml(?<phpfile>.+?\\.php)(?<pathinfo>/.*)?$ {
        include /etc/nginx/fastcgi_params;
        fastcgi_pass unix:${socketOf(place)};
        fastcgi_param SCRIPT_FILENAME ${PROGRAM}/www$phpfile;
        fastcgi_param SCRIPT_NAME /simplesaml$phpfile;
        fastcgi_param PATH_INFO $pathinfo if_not_empty;
      }
    }
  }
}
`;
}

export function fpmConfiguration(place: Place): string {
  const { folder, workers, account } = place;
  const owner = account === undefined ? '' : `user = ${account}\ngroup = ${account}\nlisten.owner = ${account}\n`;
  return `
[global]
daemonize = no
error_log = ${folder}/log/php-fpm.log
[bench]
${owner}listen = ${socketOf(place)}
pm = static
pm.max_children = ${workers}
env[SIMPLESAMLPHP_CONFIG_DIR] = ${folder}/config
`;
}

/** Over Debian's php.ini for production, which loads OPcache; given to the master, where OPcache reads them. */
export const PHP_SETTINGS: readonly string[] = [
  'opcache.enable=1',
  'opcache.validate_timestamps=0',
  'opcache.memory_consumption=128',
  'opcache.max_accelerated_files=10000',
  'realpath_cache_size=4M',
];

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

/** Below the folder of the peer: the name of each PHP file, and its text. */
export function simplesamlphpFiles({ folder, port }: Place, secret: string): Readonly<Record<string, string>> {
  return {
    'config/config.php': `<?php
$config = [
    'baseurlpath' => 'https://${HOST}:${port}/simplesaml/',
    'certdir' => '${folder}/',
    'loggingdir' => '${folder}/log/',
    'datadir' => '${folder}/tmp/',
    'tempdir' => '${folder}/tmp',
    'metadatadir' => '${folder}/metadata',
    'secretsalt' => ${quoted(secret)},
    'auth.adminpassword' => ${quoted(secret)},
    'technicalcontact_email' => 'na@example.org',
    'timezone' => 'UTC',
    'production' => true,
    'showerrors' => false,
    'errorreporting' => false,
    'logging.level' => SimpleSAML\\Logger::NOTICE,
    'logging.handler' => 'file',
    'enable.adfs-idp' => true,
    'module.enable' => ['adfs' => true, 'exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => true,
    'session.phpsession.savepath' => '${folder}/sessions',
    'session.phpsession.httponly' => true,
    'store.type' => 'phpsession',
    'language.default' => 'en',
    'metadata.sources' => [['type' => 'flatfile']],
];
`,
    'config/authsources.php': `<?php
$config = [
    'list' => [
        'exampleauth:UserPass',
        ${quoted(`${PERSON.username}:${PERSON.password}`)} => [
            '${CLAIMS.upn}' => ${quoted(PERSON.username)},
            '${CLAIMS.immutableId}' => ${quoted(PERSON.immutableId)},
        ],
    ],
];
`,
    'metadata/adfs-idp-hosted.php': `<?php
$metadata['${ENTITY_ID}'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'signing.key',
    'certificate' => 'signing.pem',
    'auth' => 'list',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
];
`,
    'metadata/adfs-sp-remote.php': `<?php
$metadata['${REALM}'] = [
    'prp' => '${REPLY_TO}',
    'simplesaml.nameidattribute' => '${CLAIMS.immutableId}',
    'assertion.lifetime' => 3600,
];
`,
  };
}
