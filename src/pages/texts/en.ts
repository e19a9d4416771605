/** The texts in English. */
import type { Texts } from './texts.ts';

const DATES = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

const PAGE_EXPIRED = 'This page was open for too long. Please try again.';
const EMPTY = 'Please fill in every field.';
const NO_CODE = 'Please enter the code.';
const ATTEMPTS = 'There were too many wrong codes. Please wait a few minutes before you try again.';

export const ENGLISH: Texts = {
  titleWithProblem: (title) => `Error: ${title}`,
  userName: 'User name',
  password: 'Password',
  back: 'Back',
  cancel: 'Cancel',
  continue: 'Continue',
  signOut: 'Sign in as somebody else',
  person: 'Signing in as',
  personOfAccount: 'Account',
  date: (date) => DATES.format(date),
  ways: { totp: 'Authenticator app', passkey: 'Passkey', recovery: 'Recovery code' },
  signIn: {
    title: 'Sign in',
    userNameHint: 'As for Microsoft 365, for example name@company.com',
    stay: 'Stay signed in',
    stayHint: 'Only on a device that nobody else uses.',
    submit: 'Sign in',
    changePassword: 'Change password',
    problems: {
      wrong: 'The user name or the password is not right. Please check both and try again.',
      'ticket-failed': 'You could not be signed in automatically. Please sign in with your password.',
      'page-expired': 'This page was open for too long. Please sign in again.',
      cookies: 'Your browser does not keep cookies, which are needed to sign in. Please allow them for this site.',
      busy: 'Signing in is not possible at the moment. Please try again in a few minutes.',
      empty: 'Please enter your user name and your password.',
    },
  },
  changePassword: {
    title: 'Change your password',
    reasons: {
      expired: 'Your password has expired. Choose a new one to go on.',
      'must-change': 'Your password must be changed before you sign in. Choose a new one to go on.',
      wanted: 'The new password is for your computer and everything else that you sign in to with it.',
    },
    oldPassword: 'Current password',
    newPassword: 'New password',
    again: 'New password again',
    submit: 'Change password',
    problems: {
      wrong: 'The user name or the current password is not right. Please check both and try again.',
      mismatch: 'The two new passwords are not alike. Please type the new password twice.',
      same: 'The new password must not be the current one.',
      policy:
        'Your organisation’s rules do not allow this password. It may be too short or too simple, you may have had it before, or you may have changed your password only just now.',
      'not-allowed': 'Your password cannot be changed here. Please ask the help desk.',
      busy: 'The password could not be changed at the moment. Please try again in a few minutes.',
      'page-expired': PAGE_EXPIRED,
      empty: EMPTY,
    },
  },
  secondFactor: {
    titles: {
      totp: 'Enter the code from your app',
      passkey: 'Use your passkey',
      recovery: 'Enter a recovery code',
    },
    explanations: {
      totp: 'Open the authenticator app on your phone. It shows a code of six digits for this account.',
      passkey: 'Confirm that it is you: with your fingerprint, your face, your PIN or your security key.',
      recovery: 'You were given recovery codes when you set up your second factor. Each of them works once.',
    },
    labels: { totp: 'Code', recovery: 'Recovery code' },
    submit: 'Confirm',
    usePasskey: 'Use passkey',
    otherWays: 'Not at hand?',
    others: {
      totp: 'Use the authenticator app',
      passkey: 'Use a passkey',
      recovery: 'Use a recovery code',
    },
    problems: {
      wrong: 'This code is not right. Please check it and try again.',
      used: 'This code was used already. Please wait until the app shows the next one.',
      attempts: ATTEMPTS,
      'passkey-failed': 'The passkey was not accepted. Please try again, or use another way.',
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  passkey: {
    needsScript: 'Passkeys need JavaScript, which is turned off in this browser. Turn it on, or use another way.',
    unavailable: 'This browser cannot use passkeys. Open the page in another browser, or use another way.',
    failed: 'The passkey was not used: it took too long, or it was cancelled. Please try again, or use another way.',
    alreadyKnown: 'This device or security key has been set up for you already.',
  },
  enrolmentGate: {
    title: 'A second factor is needed',
    explanation:
      'Besides your password, this sign-in needs a second proof that it is you: an app on your phone, or a passkey. You have not set up either yet. There are two ways to begin:',
    fromNetworkTitle: 'From the company network',
    fromNetwork: 'Connect to the company network, in the office or by VPN, and sign in again.',
    byCodeTitle: 'With a one-time code',
    byCode: 'Ask your administrator or the help desk for a one-time code, and enter it here.',
    code: 'One-time code',
    submit: 'Continue',
    problems: {
      wrong: 'This code is not right, or it is no longer valid. Please check it, or ask for a new one.',
      attempts: ATTEMPTS,
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  enrolmentChoice: {
    title: 'Set up a second factor',
    explanation: 'Choose how you will confirm that it is you, besides your password.',
    totp: 'An app on your phone shows a new code of six digits every 30 seconds.',
    passkey: 'Your fingerprint, your face, your PIN or a security key: nothing to type. Needs JavaScript.',
  },
  enrolTotp: {
    title: 'Set up an authenticator app',
    scan: 'Open the authenticator app on your phone, add an account, and scan this code.',
    qrCode: 'QR code for the authenticator app. The key below says the same.',
    byHand: 'Or enter this key in the app:',
    sameDevice: 'Open the app on this device',
    secret: 'Key',
    confirm: 'The app then shows a code of six digits. Enter it here.',
    code: 'Code',
    submit: 'Confirm',
    problems: {
      wrong: 'This code is not right. Please enter the newest one, and check that the clock of your phone is right.',
      attempts: ATTEMPTS,
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  enrolPasskey: {
    title: 'Set up a passkey',
    explanation: 'Your browser will ask for your fingerprint, your face, your PIN or your security key.',
    name: 'Name of the passkey (optional)',
    nameHint: 'So that you know it again later, for example “Laptop”.',
    submit: 'Set up passkey',
    problems: {
      'passkey-failed': 'The passkey could not be set up. Please try again, or go back and use another way.',
      'page-expired': PAGE_EXPIRED,
    },
  },
  recoveryCodes: {
    title: 'Your recovery codes',
    explanation:
      'With one of these codes you can sign in when your phone or your passkey is not at hand. Each code works once.',
    once: 'Print them or write them down now, and keep them in a safe place: they will not be shown again.',
    list: 'Recovery codes',
  },
  account: {
    title: 'Your sign-in',
    person: 'Signed in as',
    signOut: 'Sign out',
    factors: 'Second factors',
    noFactors: 'You have not set up a second factor.',
    added: (date) => `Set up on ${date}`,
    lastUsed: (date) => `last used on ${date}`,
    neverUsed: 'not used yet',
    remove: 'Remove',
    removing: 'You will no longer be able to sign in with it.',
    removeNow: 'Remove now',
    addTotp: 'Add an authenticator app',
    addPasskey: 'Add a passkey',
    recoveryCodes: 'Recovery codes',
    codesLeft: (count) =>
      count === 0
        ? 'You have no recovery codes left.'
        : `You have ${count} recovery ${count === 1 ? 'code' : 'codes'}.`,
    newCodes: 'New recovery codes',
    replacingCodes: 'The recovery codes that you have now will stop working.',
    newCodesNow: 'Make new codes',
    passwordTitle: 'Password',
    changePassword: 'Change password',
    messages: {
      'password-changed': 'Your password has been changed.',
      'factor-added': 'The second factor has been set up.',
      'factor-removed': 'The second factor has been removed.',
    },
    problems: {
      'last-factor': 'This is your last second factor. Set up another one before you remove it.',
      'page-expired': PAGE_EXPIRED,
    },
  },
  signedOut: {
    title: 'You are signed out',
    explanation: 'If other people use this device, close all windows of the browser as well.',
    signInAgain: 'Sign in again',
  },
  refused: {
    titles: {
      retry: 'That did not work',
      'start-again': 'Please start again',
      'help-desk': 'You could not be signed in',
      'not-today': 'You cannot sign in at this time',
      'change-password-elsewhere': 'Your password must be changed',
      'company-network': 'Only from the company network',
      loop: 'The sign-in was stopped',
    },
    explanations: {
      retry: 'This usually passes. Please try again in a few minutes.',
      'start-again': 'Close this page, and open the application that you want to use once more.',
      'help-desk': 'Please ask the help desk, and tell them the reference below.',
      'not-today': 'Your account may be used at certain hours only. Please try again then.',
      'change-password-elsewhere':
        'It cannot be changed here. Change it on a computer of your organisation (Ctrl+Alt+Del, “Change a password”) or ask the help desk. Then sign in again.',
      'company-network': 'Connect to the company network, in the office or by VPN, and try again.',
      loop: 'The application asked for a sign-in again and again. Close all windows of the browser, then open the application once more. If that does not help, tell the help desk the reference below.',
    },
    retry: 'Try again',
    details: 'For the help desk',
    code: 'Reason',
    correlationId: 'Reference',
    time: 'Time',
  },
  home: {
    tab: 'Sign-in',
    title: (organisation) => `Sign-in of ${organisation}`,
    explanation:
      'You come here by yourself when Microsoft 365 or another application asks you to sign in. To use one, simply open it.',
    possible: 'What you can do here',
    account: 'See and change how you sign in',
    changePassword: 'Change your password',
  },
  posting: {
    title: 'Signing you in',
    explanation: 'One moment, please.',
  },
};
