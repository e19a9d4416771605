/** Which certificates channel bindings may name after one was exchanged in a running server. */
import { expect, test } from 'vitest';
import { withFormer } from '../../src/server/certificate-end-points.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 10, 25, 12, minutes));
const [A, B, C] = [1, 2, 3].map((byte) => [new Uint8Array([byte])]) as [Uint8Array[], Uint8Array[], Uint8Array[]];

test('the former certificate counts for an hour, ours for good', () => {
  const first = withFormer(A, undefined, at(0));
  expect(first.at(at(100_000))).toEqual(A);
  const second = withFormer(B, first, at(0));
  expect(second.at(at(59))).toEqual([...B, ...A]);
  expect(second.at(at(60))).toEqual(B);
});

test('a reload without another certificate does not make the hour longer, and one back is no former', () => {
  const second = withFormer(B, withFormer(A, undefined, at(0)), at(0));
  const again = withFormer(B, second, at(30));
  expect(again.at(at(59))).toEqual([...B, ...A]);
  expect(again.at(at(60))).toEqual(B);
  expect(withFormer(A, again, at(40)).at(at(50))).toEqual([...A, ...B]);
});

test('two exchanges within an hour: each counts for its own time', () => {
  const third = withFormer(C, withFormer(B, withFormer(A, undefined, at(0)), at(0)), at(30));
  expect(third.at(at(31))).toEqual([...C, ...B, ...A]);
  expect(third.at(at(61))).toEqual([...C, ...B]);
  expect(third.at(at(91))).toEqual(C);
  expect(third.certificates).toHaveLength(3);
});
