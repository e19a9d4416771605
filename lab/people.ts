/**
 * The people of the lab who sign in with passwords: one for every state in which AD refuses a bind, so that a test that
 * uses one up leaves the others alone, and the fine-grained policies that hold for some.
 *
 * Does not own: the rest of the forest (accounts.ts) and making it (provision.ts).
 */
import {
  ACCOUNTDISABLE,
  BASE_DN,
  DOMAIN,
  guid,
  NORMAL_ACCOUNT,
  person,
  PERSON_PASSWORD,
  unicodePwd,
} from './accounts.ts';
import type { Attributes, LabEntry } from './accounts.ts';

/** Wrong passwords at which the domain locks an account, and for how long it counts and locks, in minutes. */
export const LOCKOUT = { threshold: 5, minutes: 30 } as const;

export const NON_ASCII_PASSWORD = 'Pässwörd-Ω-密';

/** By what is special about them; all below `OU=Staff`, their mail is the UPN unless it says otherwise. */
export const PASSWORD_PEOPLE = {
  /** Nothing is; nobody may lock this one. */
  usual: 'pavel.novak',
  /** For tests that give wrong passwords, each its own. */
  toGuess: 'ravi.shah',
  toAttack: 'sara.lind',
  toLock: 'omar.haddad',
  toLockToo: 'tom.weiss',
  toLockFromAfar: 'uma.roth',
  /** 532: a fine-grained policy lets its password live for two days, and it was set on {@link LONG_AGO}. */
  expired: 'ida.alt',
  /** 773 */
  mustChange: 'jan.neu',
  /** 533 */
  disabled: 'lena.fuchs',
  /** 530: at no hour of the week. */
  logonHours: 'hugo.nacht',
  /** 531: from one computer, which is not here. */
  workstation: 'wilma.sitz',
  /** 701 */
  accountExpired: 'otto.ende',
  /** Its password is NON_ASCII_PASSWORD. */
  nonAscii: 'paul.wort',
  /** A fine-grained policy holds, which everybody may read. */
  finePolicy: 'priya.nair',
  /** One holds that only administrators may read, as AD makes them. */
  hiddenPolicy: 'quin.hale',
  /** Two whose mail address is the same. */
  sameMail: 'eva.braun-one',
  sameMailToo: 'eva.braun-two',
  /** The mail address is {@link OTHER_MAIL}. */
  mailNotUpn: 'mia.berg',
  /** For tests that change passwords, each its own. */
  toChange: 'nils.wechsel',
  toChangeToo: 'olga.wandel',
  toChangeTwice: 'emil.doppel',
  toChangeFromAfar: 'rosa.winter',
  toGuessByChange: 'theo.sommer',
  toLockByChange: 'nina.riegel',
  /** 773 */
  mustChangeToo: 'ines.frisch',
  /** 532, as {@link PASSWORD_PEOPLE.expired}. */
  expiredToo: 'karl.reif',
  /** 533 */
  disabledToo: 'erna.ruhe',
  /** A fine-grained policy wants {@link LONG_PASSWORD} characters, complexity, and none of the last passwords. */
  longPassword: 'lola.lang',
  /** One forbids to change the password for years after it was set. */
  youngPassword: 'marie.jung',
  /** Nobody may change the password: a reset alone is left. */
  cannotChange: 'fred.fest',
} as const;

/** The least length of a new password for {@link PASSWORD_PEOPLE.longPassword}. */
export const LONG_PASSWORD = 14;

export const SAME_MAIL = 'eva.braun@example.test';
export const OTHER_MAIL = 'maria.berg@example.test';

export const labPersonDn = (name: string): string => `CN=${displayed(name)},OU=Staff,${BASE_DN}`;
export const labPersonUpn = (name: string): string => `${name}@${DOMAIN}`;

const displayed = (name: string): string => namesOf(name).join(' ');

function namesOf(name: string): readonly [string, string] {
  const [given = '', family = ''] = name.split('.').map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}`);
  return [given, family];
}

/** 2024-03-01T00:00:00Z as FILETIME. */
export const LONG_AGO = '133539264000000000';

/** Of administrators and the system, as AD makes it; and of everybody who signed in. */
const HIDDEN = 'D:P(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)';
const READABLE = `${HIDDEN}(A;;RPLCLORC;;;AU)`;
/** As “User cannot change password” makes it: User-Change-Password is denied to everyone and to the person. */
const CHANGE_PASSWORD = 'ab721a53-1e2f-11d0-9819-00aa0040529b';
const UNCHANGEABLE = `D:(OD;;CR;${CHANGE_PASSWORD};;WD)(OD;;CR;${CHANGE_PASSWORD};;PS)${READABLE.slice('D:P'.length)}`;

const SPECIAL: Readonly<Record<string, Attributes>> = {
  [PASSWORD_PEOPLE.mustChange]: { pwdLastSet: 0 },
  [PASSWORD_PEOPLE.disabled]: { userAccountControl: NORMAL_ACCOUNT | ACCOUNTDISABLE },
  [PASSWORD_PEOPLE.logonHours]: { logonHours: new Uint8Array(21) },
  [PASSWORD_PEOPLE.workstation]: { userWorkstations: 'OTHERPC' },
  [PASSWORD_PEOPLE.accountExpired]: { accountExpires: LONG_AGO },
  [PASSWORD_PEOPLE.nonAscii]: { unicodePwd: unicodePwd(NON_ASCII_PASSWORD) },
  [PASSWORD_PEOPLE.sameMail]: { mail: SAME_MAIL },
  [PASSWORD_PEOPLE.sameMailToo]: { mail: SAME_MAIL },
  [PASSWORD_PEOPLE.mailNotUpn]: { mail: OTHER_MAIL },
  [PASSWORD_PEOPLE.mustChangeToo]: { pwdLastSet: 0 },
  [PASSWORD_PEOPLE.disabledToo]: { userAccountControl: NORMAL_ACCOUNT | ACCOUNTDISABLE },
  [PASSWORD_PEOPLE.cannotChange]: { nTSecurityDescriptor: UNCHANGEABLE },
};

/** Whose passwords were set on {@link LONG_AGO}. */
export const AGED_PEOPLE: readonly string[] = [PASSWORD_PEOPLE.expired, PASSWORD_PEOPLE.expiredToo];

/** mS-DS-ConsistencyGuid of each, in the order of {@link PASSWORD_PEOPLE}. */
const anchorOf = (index: number): Uint8Array =>
  guid(`b2e4a7c1-3d58-4f96-8a1b-0000000007${String(index + 1).padStart(2, '0')}`);

/** Entra’s onPremisesImmutableId: base64 of the bytes of mS-DS-ConsistencyGuid. */
export const labPersonImmutableId = (name: (typeof PASSWORD_PEOPLE)[keyof typeof PASSWORD_PEOPLE]): string =>
  Buffer.from(anchorOf(Object.values(PASSWORD_PEOPLE).indexOf(name))).toString('base64');

const people: readonly LabEntry[] = Object.values(PASSWORD_PEOPLE).map((name, index) => {
  const [given, family] = namesOf(name);
  const upn = labPersonUpn(name);
  const usual = { mail: upn, unicodePwd: unicodePwd(PERSON_PASSWORD), 'mS-DS-ConsistencyGuid': anchorOf(index) };
  return person({ given, family, upn }, { ...usual, ...SPECIAL[name] });
});

const SECOND = 10_000_000;
const NEVER = '-9223372036854775808';
const HALF_AN_HOUR = -30 * 60 * SECOND;
const days = (count: number): string => `${BigInt(-count * 86_400) * BigInt(SECOND)}`;

interface Settings {
  readonly threshold?: number;
  readonly maximumAge?: string;
  readonly minimumAge?: string;
  readonly minimumLength?: number;
  readonly historyLength?: number;
  readonly complexity?: 'TRUE';
  readonly access?: string;
}

const settings = (
  name: string,
  precedence: number,
  appliesTo: readonly string[],
  { threshold = LOCKOUT.threshold, maximumAge = NEVER, access = READABLE, ...rules }: Settings,
): LabEntry => ({
  rdn: `CN=${name},CN=Password Settings Container,CN=System`,
  attributes: {
    objectClass: 'msDS-PasswordSettings',
    'msDS-PasswordSettingsPrecedence': precedence,
    'msDS-PasswordReversibleEncryptionEnabled': 'FALSE',
    'msDS-PasswordHistoryLength': rules.historyLength ?? 0,
    'msDS-PasswordComplexityEnabled': rules.complexity ?? 'FALSE',
    'msDS-MinimumPasswordLength': rules.minimumLength ?? 0,
    'msDS-MinimumPasswordAge': rules.minimumAge ?? 0,
    'msDS-MaximumPasswordAge': maximumAge,
    'msDS-LockoutThreshold': threshold,
    'msDS-LockoutObservationWindow': HALF_AN_HOUR,
    'msDS-LockoutDuration': HALF_AN_HOUR,
    'msDS-PSOAppliesTo': appliesTo.map(labPersonDn),
    nTSecurityDescriptor: access,
  },
});

/** In the order in which they can be added; the organisational unit is there. */
export const PEOPLE_ENTRIES: readonly LabEntry[] = [
  ...people,
  settings('Strict', 10, [PASSWORD_PEOPLE.finePolicy], { threshold: 3 }),
  settings('Hidden', 20, [PASSWORD_PEOPLE.hiddenPolicy], { threshold: 4, access: HIDDEN }),
  settings('Aging', 30, AGED_PEOPLE, { maximumAge: days(2) }),
  settings('Long', 40, [PASSWORD_PEOPLE.longPassword], {
    minimumLength: LONG_PASSWORD,
    historyLength: 24,
    complexity: 'TRUE',
  }),
  settings('Young', 50, [PASSWORD_PEOPLE.youngPassword], { minimumAge: days(900) }),
];
