/**
 * What can be wrong with a configuration file: every problem with its path, its line and the way to fix it.
 *
 * Values of secrets never come here; see secret.ts.
 */
export type Path = readonly (string | number)[];

export interface ConfigProblem {
  /** As an administrator reads it: `environment.gateways[0].userTypes[1].anchor`. */
  readonly path: string;
  /** What is wrong; completes the path as its subject. */
  readonly message: string;
  /** What to do, as an imperative. */
  readonly fix: string;
  /** Line in the file, from 1. */
  readonly line?: number;
  /** The file itself is right; a variable or another file that it names is not there, or not right. */
  readonly outside?: true;
}

/** Something that works, but not as most people want it. */
export type ConfigWarning = ConfigProblem;

/** Every problem of the file at once. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(source: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super([`${source}: ${count}`, ...problems.map((problem) => `  ${problemText(problem)}`)].join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** One line, for a terminal. */
export function problemText({ path, message, fix, line }: ConfigProblem): string {
  const where = line === undefined ? path : `line ${line}: ${path}`;
  return `${where} ${message}. ${fix}${fix.endsWith('?') ? '' : '.'}`;
}

/** What the file holds goes to a terminal: no line breaks, no escape sequences. */
function inOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

export function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

/** Collects what one load of the file finds; there is one for each load. */
export interface Findings {
  readonly problem: (path: Path, message: string, fix: string) => void;
  /** A problem of the environment, or of a file that the configuration names. */
  readonly outside: (path: Path, message: string, fix: string) => void;
  readonly warning: (path: Path, message: string, fix: string) => void;
  /** For a setting that is absent after templates: silent when a problem of the same path says why. */
  readonly missing: (path: Path, fix: string) => void;
  /** Whether there is a problem at the path or below it. */
  readonly reported: (path: Path) => boolean;
  readonly problems: () => readonly ConfigProblem[];
  readonly warnings: () => readonly ConfigWarning[];
}

/** `lineOf` gives the line of the deepest part of a path that the file holds. */
export function createFindings(lineOf: (path: Path) => number | undefined): Findings {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigWarning[] = [];
  const finding = (path: Path, message: string, fix: string): ConfigProblem => {
    const line = lineOf(path);
    return {
      path: inOneLine(pathText(path)),
      message: inOneLine(message),
      fix,
      ...(line === undefined ? {} : { line }),
    };
  };
  const add = (path: Path, message: string, fix: string, outside?: true): void => {
    const found = { ...finding(path, message, fix), ...(outside && { outside }) };
    const known = problems.some((other) => other.path === found.path && other.message === message);
    if (!known) problems.push(found);
  };
  const reported = (path: Path): boolean => {
    const text = pathText(path);
    return problems.some(
      ({ path: known }) => known === text || (/^[.[]/.test(known.slice(text.length)) && known.startsWith(text)),
    );
  };
  const byLine = (list: readonly ConfigProblem[]): readonly ConfigProblem[] =>
    list.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return {
    problem: (path, message, fix) => add(path, message, fix),
    outside: (path, message, fix) => add(path, message, fix, true),
    warning: (path, message, fix) => void warnings.push(finding(path, message, fix)),
    missing: (path, fix) => {
      if (!reported(path)) add(path, 'is missing', fix);
    },
    reported,
    problems: () => byLine(problems),
    warnings: () => byLine(warnings),
  };
}
