import { expect, test } from 'vitest';
import { ConfigurationError, createFindings, pathText, problemText } from '../../src/config/problem.ts';

test('a path reads as in the reference', () => {
  expect(pathText(['environment', 'gateways', 0, 'userTypes', 1, 'anchor'])).toBe(
    'environment.gateways[0].userTypes[1].anchor',
  );
  expect(pathText([])).toBe('the file');
});

test('a problem is one line; a question keeps its mark', () => {
  expect(problemText({ path: 'a', message: 'is wrong', fix: 'Mend it', line: 3 })).toBe('line 3: a is wrong. Mend it.');
  expect(problemText({ path: 'a', message: 'is wrong', fix: 'Did you mean `b`?' })).toBe(
    'a is wrong. Did you mean `b`?',
  );
});

test('nothing that stands in the file can steer a terminal or break a line', () => {
  const findings = createFindings(() => 1);
  findings.problem(['a\n\u001B[2J'], 'is `x\r\ny\u202E`', 'Mend it');
  expect(findings.problems()[0]).toMatchObject({ path: 'a\uFFFD\uFFFD[2J', message: 'is `x\uFFFD\uFFFDy\uFFFD`' });
});

test('the error carries its problems and counts them', () => {
  const problem = { path: 'a', message: 'is wrong', fix: 'Mend it' };
  const error = new ConfigurationError('mortise.yaml', [problem]);
  expect(error).toMatchObject({ name: 'ConfigurationError', problems: [problem] });
  expect(error.message).toBe('mortise.yaml: one problem\n  a is wrong. Mend it.');
});

test('findings come in the order of the lines, each once', () => {
  const findings = createFindings((path) => (path[0] === 'late' ? 9 : 2));
  findings.problem(['late'], 'is wrong', 'Mend it');
  findings.problem(['early'], 'is wrong', 'Mend it');
  findings.problem(['late'], 'is wrong', 'Mend it');
  findings.warning(['early'], 'is odd', 'Look');
  expect(findings.problems().map(({ path }) => path)).toEqual(['early', 'late']);
  expect(findings.warnings()).toEqual([{ path: 'early', message: 'is odd', fix: 'Look', line: 2 }]);
});

test('what is reported at a path or below it is not called missing as well', () => {
  const findings = createFindings(() => undefined);
  findings.problem(['gateways', 1, 'kerberos', 'realm'], 'is wrong', 'Mend it');
  expect(findings.reported(['gateways', 1])).toBe(true);
  expect(findings.reported(['gateways', 1, 'kerberos', 'realm'])).toBe(true);
  expect(findings.reported(['gateways', 1, 'kerb'])).toBe(false);
  expect(findings.reported(['gateways', 10])).toBe(false);
  findings.missing(['gateways', 1, 'kerberos'], 'Give it');
  findings.missing(['gateways', 0], 'Give it');
  expect(findings.problems().map(({ path, message }) => `${path} ${message}`)).toEqual([
    'gateways[1].kerberos.realm is wrong',
    'gateways[0] is missing',
  ]);
});
