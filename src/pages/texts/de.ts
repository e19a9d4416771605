/** The texts in German. Headings have soft hyphens (U+00AD): few browsers know where to divide a long word. */
import type { Texts } from './texts.ts';

const DATES = new Intl.DateTimeFormat('de-DE', { dateStyle: 'long', timeZone: 'UTC' });

const PAGE_EXPIRED = 'Diese Seite war zu lange geöffnet. Bitte versuchen Sie es noch einmal.';
const EMPTY = 'Bitte füllen Sie alle Felder aus.';
const NO_CODE = 'Bitte geben Sie den Code ein.';
const ATTEMPTS = 'Es gab zu viele falsche Codes. Bitte warten Sie einige Minuten, bevor Sie es noch einmal versuchen.';

export const GERMAN: Texts = {
  titleWithProblem: (title) => `Fehler: ${title}`,
  userName: 'Benutzername',
  password: 'Kennwort',
  back: 'Zurück',
  cancel: 'Abbrechen',
  continue: 'Weiter',
  signOut: 'Mit einem anderen Konto anmelden',
  person: 'Anmeldung als',
  personOfAccount: 'Konto',
  date: (date) => DATES.format(date),
  ways: { totp: 'Authenticator-App', passkey: 'Passkey', recovery: 'Wiederherstellungscode' },
  signIn: {
    title: 'Anmelden',
    userNameHint: 'Wie für Microsoft 365, zum Beispiel name@firma.de',
    stay: 'Angemeldet bleiben',
    stayHint: 'Nur auf einem Gerät, das sonst niemand benutzt.',
    submit: 'Anmelden',
    changePassword: 'Kennwort ändern',
    problems: {
      wrong:
        'Der Benutzername oder das Kennwort ist nicht richtig. Bitte prüfen Sie beides und versuchen Sie es noch einmal.',
      'ticket-failed': 'Sie konnten nicht automatisch angemeldet werden. Bitte melden Sie sich mit Ihrem Kennwort an.',
      'page-expired': 'Diese Seite war zu lange geöffnet. Bitte melden Sie sich noch einmal an.',
      cookies:
        'Ihr Browser behält keine Cookies, die zum Anmelden nötig sind. Bitte lassen Sie Cookies für diese Seite zu.',
      busy: 'Die Anmeldung ist zurzeit nicht möglich. Bitte versuchen Sie es in einigen Minuten noch einmal.',
      empty: 'Bitte geben Sie Ihren Benutzernamen und Ihr Kennwort ein.',
    },
  },
  changePassword: {
    title: 'Kennwort ändern',
    reasons: {
      expired: 'Ihr Kennwort ist abgelaufen. Wählen Sie ein neues, um fortzufahren.',
      'must-change': 'Ihr Kennwort muss vor der Anmeldung geändert werden. Wählen Sie ein neues, um fortzufahren.',
      wanted: 'Das neue Kennwort gilt auch für Ihren Computer und alles andere, woran Sie sich damit anmelden.',
    },
    oldPassword: 'Bisheriges Kennwort',
    newPassword: 'Neues Kennwort',
    again: 'Neues Kennwort wiederholen',
    submit: 'Kennwort ändern',
    problems: {
      wrong:
        'Der Benutzername oder das bisherige Kennwort ist nicht richtig. Bitte prüfen Sie beides und versuchen Sie es noch einmal.',
      mismatch: 'Die beiden neuen Kennwörter stimmen nicht überein. Bitte geben Sie das neue Kennwort zweimal ein.',
      same: 'Das neue Kennwort darf nicht das bisherige sein.',
      policy:
        'Die Regeln Ihrer Organisation lassen dieses Kennwort nicht zu. Vielleicht ist es zu kurz oder zu einfach, Sie hatten es schon einmal, oder Sie haben Ihr Kennwort gerade erst geändert.',
      'not-allowed': 'Ihr Kennwort kann hier nicht geändert werden. Bitte wenden Sie sich an den Helpdesk.',
      busy: 'Das Kennwort konnte zurzeit nicht geändert werden. Bitte versuchen Sie es in einigen Minuten noch einmal.',
      'page-expired': PAGE_EXPIRED,
      empty: EMPTY,
    },
  },
  secondFactor: {
    titles: {
      totp: 'Code aus Ihrer App eingeben',
      passkey: 'Passkey verwenden',
      recovery: 'Wieder\u00ADherstellungs\u00ADcode eingeben',
    },
    explanations: {
      totp: 'Öffnen Sie die Authenticator-App auf Ihrem Telefon. Sie zeigt für dieses Konto einen sechsstelligen Code an.',
      passkey: 'Bestätigen Sie, dass Sie es sind: mit Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.',
      recovery:
        'Wiederherstellungscodes haben Sie beim Einrichten des zweiten Faktors erhalten. Jeder davon gilt einmal.',
    },
    labels: { totp: 'Code', recovery: 'Wiederherstellungscode' },
    submit: 'Bestätigen',
    usePasskey: 'Passkey verwenden',
    otherWays: 'Nicht zur Hand?',
    others: {
      totp: 'Authenticator-App verwenden',
      passkey: 'Passkey verwenden',
      recovery: 'Wiederherstellungscode verwenden',
    },
    problems: {
      wrong: 'Dieser Code ist nicht richtig. Bitte prüfen Sie ihn und versuchen Sie es noch einmal.',
      used: 'Dieser Code wurde schon verwendet. Bitte warten Sie, bis die App den nächsten anzeigt.',
      attempts: ATTEMPTS,
      'passkey-failed':
        'Der Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  passkey: {
    needsScript:
      'Passkeys brauchen JavaScript, das in diesem Browser ausgeschaltet ist. Schalten Sie es ein, oder wählen Sie einen anderen Weg.',
    unavailable:
      'Dieser Browser kann keine Passkeys verwenden. Öffnen Sie die Seite in einem anderen Browser, oder wählen Sie einen anderen Weg.',
    failed:
      'Der Passkey wurde nicht verwendet: Es hat zu lange gedauert, oder es wurde abgebrochen. Bitte versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
    alreadyKnown: 'Dieses Gerät oder dieser Sicherheitsschlüssel ist für Sie schon eingerichtet.',
  },
  enrolmentGate: {
    title: 'Ein zweiter Faktor ist nötig',
    explanation:
      'Diese Anmeldung braucht außer dem Kennwort einen zweiten Nachweis, dass Sie es sind: eine App auf Ihrem Telefon oder einen Passkey. Sie haben noch keinen davon eingerichtet. Es gibt zwei Wege, damit zu beginnen:',
    fromNetworkTitle: 'Aus dem Firmennetz',
    fromNetwork: 'Verbinden Sie sich mit dem Firmennetz, im Büro oder über VPN, und melden Sie sich noch einmal an.',
    byCodeTitle: 'Mit einem Einmalcode',
    byCode:
      'Lassen Sie sich von Ihrer Administration oder dem Helpdesk einen Einmalcode geben, und geben Sie ihn hier ein.',
    code: 'Einmalcode',
    submit: 'Weiter',
    problems: {
      wrong:
        'Dieser Code ist nicht richtig oder nicht mehr gültig. Bitte prüfen Sie ihn, oder lassen Sie sich einen neuen geben.',
      attempts: ATTEMPTS,
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  enrolmentChoice: {
    title: 'Zweiten Faktor einrichten',
    explanation: 'Wählen Sie, womit Sie außer dem Kennwort bestätigen, dass Sie es sind.',
    totp: 'Eine App auf Ihrem Telefon zeigt alle 30 Sekunden einen neuen sechsstelligen Code an.',
    passkey: 'Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel: Sie müssen nichts eintippen. Braucht JavaScript.',
  },
  enrolTotp: {
    title: 'Authenti\u00ADcator-App einrichten',
    scan: 'Öffnen Sie die Authenticator-App auf Ihrem Telefon, fügen Sie ein Konto hinzu, und scannen Sie diesen Code.',
    qrCode: 'QR-Code für die Authenticator-App. Der Schlüssel darunter sagt dasselbe.',
    byHand: 'Oder geben Sie diesen Schlüssel in der App ein:',
    sameDevice: 'App auf diesem Gerät öffnen',
    secret: 'Schlüssel',
    confirm: 'Die App zeigt dann einen sechsstelligen Code an. Geben Sie ihn hier ein.',
    code: 'Code',
    submit: 'Bestätigen',
    problems: {
      wrong:
        'Dieser Code ist nicht richtig. Bitte geben Sie den neuesten ein, und prüfen Sie, ob die Uhr Ihres Telefons richtig geht.',
      attempts: ATTEMPTS,
      'page-expired': PAGE_EXPIRED,
      empty: NO_CODE,
    },
  },
  enrolPasskey: {
    title: 'Passkey einrichten',
    explanation: 'Ihr Browser fragt Sie gleich nach Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.',
    name: 'Name des Passkeys (freiwillig)',
    nameHint: 'Damit Sie ihn später wiedererkennen, zum Beispiel „Laptop“.',
    submit: 'Passkey einrichten',
    problems: {
      'passkey-failed':
        'Der Passkey konnte nicht eingerichtet werden. Bitte versuchen Sie es noch einmal, oder gehen Sie zurück und wählen Sie einen anderen Weg.',
      'page-expired': PAGE_EXPIRED,
    },
  },
  recoveryCodes: {
    title: 'Ihre Wieder\u00ADherstellungs\u00ADcodes',
    explanation:
      'Mit einem dieser Codes können Sie sich anmelden, wenn Ihr Telefon oder Ihr Passkey nicht zur Hand ist. Jeder Code gilt einmal.',
    once: 'Drucken Sie die Codes jetzt aus, oder schreiben Sie sie auf, und bewahren Sie sie sicher auf: Sie werden nicht noch einmal angezeigt.',
    list: 'Wiederherstellungscodes',
  },
  account: {
    title: 'Ihre Anmeldung',
    person: 'Angemeldet als',
    signOut: 'Abmelden',
    factors: 'Zweite Faktoren',
    noFactors: 'Sie haben keinen zweiten Faktor eingerichtet.',
    added: (date) => `Eingerichtet am ${date}`,
    lastUsed: (date) => `zuletzt verwendet am ${date}`,
    neverUsed: 'noch nicht verwendet',
    remove: 'Entfernen',
    removing: 'Sie können sich dann nicht mehr damit anmelden.',
    removeNow: 'Jetzt entfernen',
    addTotp: 'Authenticator-App hinzufügen',
    addPasskey: 'Passkey hinzufügen',
    recoveryCodes: 'Wieder\u00ADherstellungs\u00ADcodes',
    codesLeft: (count) =>
      count === 0
        ? 'Sie haben keinen Wiederherstellungscode mehr.'
        : `Sie haben ${count === 1 ? 'einen Wiederherstellungscode' : `${count} Wiederherstellungscodes`}.`,
    newCodes: 'Neue Wieder\u00ADherstellungs\u00ADcodes',
    replacingCodes: 'Ihre bisherigen Wiederherstellungscodes gelten dann nicht mehr.',
    newCodesNow: 'Neue Codes erstellen',
    passwordTitle: 'Kennwort',
    changePassword: 'Kennwort ändern',
    messages: {
      'password-changed': 'Ihr Kennwort wurde geändert.',
      'factor-added': 'Der zweite Faktor wurde eingerichtet.',
      'factor-removed': 'Der zweite Faktor wurde entfernt.',
    },
    problems: {
      'last-factor': 'Das ist Ihr letzter zweiter Faktor. Richten Sie einen anderen ein, bevor Sie diesen entfernen.',
      'page-expired': PAGE_EXPIRED,
    },
  },
  signedOut: {
    title: 'Sie sind abgemeldet',
    explanation: 'Wenn auch andere dieses Gerät benutzen, schließen Sie bitte noch alle Fenster des Browsers.',
    signInAgain: 'Wieder anmelden',
  },
  refused: {
    titles: {
      retry: 'Das hat nicht geklappt',
      'start-again': 'Bitte beginnen Sie noch einmal',
      'help-desk': 'Sie konnten nicht angemeldet werden',
      'not-today': 'Sie können sich zurzeit nicht anmelden',
      'change-password-elsewhere': 'Ihr Kennwort muss geändert werden',
      'company-network': 'Nur aus dem Firmennetz',
      loop: 'Die Anmeldung wurde angehalten',
    },
    explanations: {
      retry: 'Das geht meist vorüber. Bitte versuchen Sie es in einigen Minuten noch einmal.',
      'start-again': 'Schließen Sie diese Seite, und öffnen Sie die gewünschte Anwendung noch einmal.',
      'help-desk': 'Bitte wenden Sie sich an den Helpdesk, und nennen Sie die Referenz unten.',
      'not-today': 'Ihr Konto darf nur zu bestimmten Zeiten benutzt werden. Bitte versuchen Sie es dann noch einmal.',
      'change-password-elsewhere':
        'Hier kann es nicht geändert werden. Ändern Sie es an einem Computer Ihrer Organisation (Strg+Alt+Entf, „Kennwort ändern“), oder wenden Sie sich an den Helpdesk. Melden Sie sich danach noch einmal an.',
      'company-network':
        'Verbinden Sie sich mit dem Firmennetz, im Büro oder über VPN, und versuchen Sie es noch einmal.',
      loop: 'Die Anwendung hat immer wieder eine Anmeldung verlangt. Schließen Sie alle Fenster des Browsers, und öffnen Sie die Anwendung dann noch einmal. Wenn das nicht hilft, nennen Sie dem Helpdesk die Referenz unten.',
    },
    retry: 'Noch einmal versuchen',
    details: 'Für den Helpdesk',
    code: 'Grund',
    correlationId: 'Referenz',
    time: 'Zeit',
  },
  home: {
    tab: 'Anmeldung',
    title: (organisation) => `Anmeldung bei ${organisation}`,
    explanation:
      'Hierher kommen Sie von selbst, wenn Microsoft 365 oder eine andere Anwendung Sie bittet, sich anzumelden. Um eine zu benutzen, öffnen Sie sie einfach.',
    possible: 'Was Sie hier tun können',
    account: 'Ansehen und ändern, wie Sie sich anmelden',
    changePassword: 'Ihr Kennwort ändern',
  },
  posting: {
    title: 'Sie werden angemeldet',
    explanation: 'Einen Moment bitte.',
  },
};
