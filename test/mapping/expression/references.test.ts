/** Which attributes an expression reads. */
import { expect, test } from 'vitest';
import { parseExpression } from '../../../src/mapping/expression/parser.ts';
import { attributesOf } from '../../../src/mapping/expression/references.ts';

test.each([
  ['#string.uuidAsBase64Guid(user.externalId,null)', ['externalId']],
  ['user.name.given + user.name.family + user.name.given', ['name.given', 'name.family']],
  ["user['ms-upn']", ['ms-upn']],
  ["#root.user['name'].given", ['name.given']],
  ['user.a ? user.b : {user.c, user.d}[0]', ['a', 'b', 'c', 'd']],
  ['user.a ?: !user.b and - user.c == 1', ['a', 'b', 'c']],
  ['user[user.a]', ['a']],
  ['(user.a ?: user.b).c', ['a', 'b']],
  ['user', []],
  ['#root.other.thing', []],
  ["'user.x'", []],
  ['{user.k: user.v, b: user.w}', ['k', 'v', 'w']],
  ['user.groups.?[#this == user.own or name == 1].![#root.user.x + y]', ['groups', 'own', 'x']],
])('%s reads %j', (text, attributes) => {
  expect(attributesOf(parseExpression(text).expression)).toEqual(attributes);
});
