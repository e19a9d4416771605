import { expect, test } from 'vitest';
import { ADFS_PATHS, APPLICATION_PATHS, applicationUrls } from '../../src/model/urls.ts';

const APP = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';

test('every address of an application hangs below the custom domain', () => {
  expect(applicationUrls('https://idp.example.com', APP)).toEqual({
    issuerUri: `https://idp.example.com/applications/${APP}`,
    activeSignInUri: `https://idp.example.com/wsf/sts/${APP}`,
    passiveSignInUri: `https://idp.example.com/wsf/prp/${APP}`,
    accountUri: `https://idp.example.com/wsf/account/${APP}`,
    metadataExchangeUri: `https://idp.example.com/wsf/mex/${APP}`,
    metadataExchange13Uri: `https://idp.example.com/wsf/mex13/${APP}`,
    windowsTransport2005: `https://idp.example.com/wsf/sts/${APP}/2005/windowstransport`,
    windowsTransport13: `https://idp.example.com/wsf/sts/${APP}/13/windowstransport`,
    usernameMixed2005: `https://idp.example.com/wsf/sts/${APP}/2005/usernamemixed`,
    usernameMixed13: `https://idp.example.com/wsf/sts/${APP}/13/usernamemixed`,
  });
});

test('a final slash and an identifier in upper case give the same addresses', () => {
  expect(applicationUrls('https://idp.example.com/', APP.toUpperCase())).toEqual(
    applicationUrls('https://idp.example.com', APP),
  );
});

test('AD FS’s addresses are AD FS’s to the letter, and no application’s', () => {
  expect(ADFS_PATHS).toEqual({
    passiveSignIn: '/adfs/ls',
    federationMetadata: '/FederationMetadata/2007-06/FederationMetadata.xml',
    metadataExchange: '/adfs/services/trust/mex',
    windowsTransport2005: '/adfs/services/trust/2005/windowstransport',
    windowsTransport13: '/adfs/services/trust/13/windowstransport',
    usernameMixed2005: '/adfs/services/trust/2005/usernamemixed',
    usernameMixed13: '/adfs/services/trust/13/usernamemixed',
  });
  const paths = [...Object.values(APPLICATION_PATHS), ...Object.values(ADFS_PATHS)];
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of Object.values(ADFS_PATHS)) expect(path).not.toContain(':appId');
});
