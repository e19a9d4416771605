/**
 * `#string.format`: the part of java.util.Formatter (Locale.ROOT) that has a meaning for texts, numbers and booleans:
 * %s %S %b %B %c %C %d %o %x %X %f %% %n with index, flags, width and precision.
 *
 * Null, as PingOne documents, for a malformed format, a conversion that does not fit its argument and a missing
 * argument; also for %e %g %a %h %t, which Mortise does not have. Negative numbers in %o and %x have a sign, as
 * Java's BigInteger has.
 */
import type { Budget } from './budget.ts';
import { decimalText, rescale, type Decimal } from './decimal.ts';
import { LIMITS } from './syntax.ts';
import { isNumber, textOf, type Value } from './value.ts';

const SPECIFIER = /%(?:([0-9]{1,9})\$|(<))?([-#+ 0,(]*)([1-9][0-9]{0,9})?(?:\.([0-9]{1,9}))?([a-zA-Z%])/y;

interface Specifier {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly conversion: string;
}

/** Flags that a conversion takes, and whether it takes a precision. */
const CONVERSIONS: ReadonlyMap<string, { readonly flags: string; readonly precision: boolean }> = new Map([
  ['s', { flags: '-', precision: true }],
  ['b', { flags: '-', precision: true }],
  ['c', { flags: '-', precision: false }],
  ['d', { flags: '-+ 0,(', precision: false }],
  ['o', { flags: '-#+ 0(', precision: false }],
  ['x', { flags: '-#+ 0(', precision: false }],
  ['f', { flags: '-#+ 0,(', precision: true }],
  ['%', { flags: '-', precision: false }],
  ['n', { flags: '', precision: false }],
]);

export function format(template: string, given: readonly Value[], budget: Budget): string | null {
  let made = '';
  let position = 0;
  let ordinary = 0;
  let last = -1;
  for (;;) {
    const percent = template.indexOf('%', position);
    if (percent === -1) return budget.text(made + template.slice(position));
    made += template.slice(position, percent);
    SPECIFIER.lastIndex = percent;
    const match = SPECIFIER.exec(template);
    if (match === null) return null;
    const [all, index, relative, flags = '', width = '0', precision, conversion = ''] = match;
    position = percent + all.length;
    const specifier = {
      flags,
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      conversion,
    };
    if (!isLegal(specifier)) return null;
    budget.characters(specifier.width);
    if (conversion === '%' || conversion === 'n') made += conversion === 'n' ? '\n' : pad('%', specifier);
    else {
      // An index (`2$`, or `<` for the last one) leaves the ordinary count alone.
      if (relative === undefined) last = index === undefined ? ordinary++ : Number(index) - 1;
      const argument = given[last];
      const text = argument === undefined ? null : convert(argument, specifier, budget);
      if (text === null) return null;
      made += text;
    }
    budget.characters(made.length);
  }
}

function isLegal({ flags, width, precision, conversion }: Specifier): boolean {
  const row = CONVERSIONS.get('SBCX'.includes(conversion) ? conversion.toLowerCase() : conversion);
  if (row === undefined || (precision !== undefined && !row.precision)) return false;
  if (conversion === 'n' && width > 0) return false;
  if (flags.split('').some((flag, at) => !row.flags.includes(flag) || flags.indexOf(flag) !== at)) return false;
  if (/[-0]/.test(flags) && width === 0) return false;
  return !(flags.includes('-') && flags.includes('0')) && !(flags.includes('+') && flags.includes(' '));
}

function convert(argument: Value, specifier: Specifier, budget: Budget): string | null {
  const upper = 'SBCX'.includes(specifier.conversion);
  const text = convertLower(
    argument,
    { ...specifier, conversion: upper ? specifier.conversion.toLowerCase() : specifier.conversion },
    budget,
  );
  return text === null || !upper ? text : text.toUpperCase();
}

function convertLower(argument: Value, specifier: Specifier, budget: Budget): string | null {
  const { conversion, precision } = specifier;
  if (conversion === 'b') return pad(String(argument !== null && argument !== false).slice(0, precision), specifier);
  if (argument === null) return pad('null'.slice(0, precision), specifier);
  if (conversion === 's') {
    const text = textOf(argument);
    return text === null ? null : pad(text.slice(0, precision), specifier);
  }
  if (!isNumber(argument)) return null;
  if (conversion === 'f') return formatDecimal(argument, specifier, budget);
  if (argument.scale !== 0) return null;
  if (conversion === 'c') {
    return argument.digits >= 0n && argument.digits <= 0x10ffffn
      ? pad(String.fromCodePoint(Number(argument.digits)), specifier)
      : null;
  }
  return formatWhole(argument, specifier);
}

function formatWhole({ digits }: Decimal, specifier: Specifier): string {
  const radix = specifier.conversion === 'd' ? 10 : specifier.conversion === 'o' ? 8 : 16;
  const prefix = !specifier.flags.includes('#') ? '' : radix === 8 ? '0' : '0x';
  return signed(digits < 0n, prefix, (digits < 0n ? -digits : digits).toString(radix), specifier);
}

/** Java has %f for decimals only, and rounds half up. */
function formatDecimal(value: Decimal, specifier: Specifier, budget: Budget): string | null {
  if (value.scale === 0) return null;
  const places = specifier.precision ?? 6;
  if (places > LIMITS.digits) return budget.refuse(`The format asks for more than ${LIMITS.digits} places.`);
  const text = decimalText(rescale(value, places)).replace('-', '');
  return signed(value.digits < 0n, '', places === 0 && specifier.flags.includes('#') ? `${text}.` : text, specifier);
}

function signed(negative: boolean, prefix: string, magnitude: string, specifier: Specifier): string {
  const { flags, width } = specifier;
  const grouped = flags.includes(',')
    ? magnitude.replace(/^[0-9]+/, (digits) => digits.replace(/\B(?=(?:[0-9]{3})+$)/g, ','))
    : magnitude;
  const [open, close] =
    negative && flags.includes('(') ? ['(', ')'] : [negative ? '-' : (/[+ ]/.exec(flags)?.[0] ?? ''), ''];
  const room = flags.includes('0') ? width - open.length - prefix.length - close.length : 0;
  return pad(`${open}${prefix}${grouped.padStart(room, '0')}${close}`, specifier);
}

const pad = (text: string, { flags, width }: Specifier): string =>
  flags.includes('-') ? text.padEnd(width) : text.padStart(width);
