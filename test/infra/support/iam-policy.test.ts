import { describe, expect, test } from '@jest/globals';
import { isAllowed, type Statement } from './iam-policy.ts';

const own = '111122223333';
const role = `arn:aws:iam::${own}:role/reader`;
const foreignRole = 'arn:aws:iam::444455556666:role/reader';
const request = { principal: role, action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' };
const allow: Statement = { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::bucket/*' };
const deny: Statement = { ...allow, Effect: 'Deny' };

describe('isAllowed', () => {
  test('refuses by default', () => {
    expect(isAllowed(request, { resourceAccount: own })).toBe(false);
  });

  test('allows what an identity policy allows, with actions in any case', () => {
    expect(isAllowed({ ...request, action: 'S3:getobject' }, { identity: [allow], resourceAccount: own })).toBe(true);
    expect(isAllowed({ ...request, action: 's3:PutObject' }, { identity: [allow], resourceAccount: own })).toBe(false);
  });

  test('lets an explicit denial win on either side', () => {
    expect(isAllowed(request, { identity: [allow, deny], resourceAccount: own })).toBe(false);
    const resource = [{ ...deny, Principal: '*' as const }];
    expect(isAllowed(request, { identity: [allow], resource, resourceAccount: own })).toBe(false);
  });

  test('accepts a resource policy that names the principal as enough within an account', () => {
    expect(isAllowed(request, { resource: [{ ...allow, Principal: { AWS: role } }], resourceAccount: own })).toBe(true);
    expect(isAllowed(request, { resource: [{ ...allow, Principal: '*' }], resourceAccount: own })).toBe(true);
  });

  test('leaves the decision to identity policies if a resource policy names the account', () => {
    const resource = [{ ...allow, Principal: { AWS: `arn:aws:iam::${own}:root` } }];
    expect(isAllowed(request, { resource, resourceAccount: own })).toBe(false);
    expect(isAllowed(request, { identity: [allow], resource, resourceAccount: own })).toBe(true);
  });

  test('requires both sides across accounts', () => {
    const foreign = { ...request, principal: foreignRole };
    const resource = [{ ...allow, Principal: { AWS: foreignRole } }];
    expect(isAllowed(foreign, { identity: [allow], resourceAccount: own })).toBe(false);
    expect(isAllowed(foreign, { resource, resourceAccount: own })).toBe(false);
    expect(isAllowed(foreign, { identity: [allow], resource, resourceAccount: own })).toBe(true);
  });

  test('lets a key’s policy decide whether identity policies count', () => {
    expect(isAllowed(request, { identity: [allow], resource: [], resourceAccount: own, isKey: true })).toBe(false);
  });

  test('treats a missing key as a mismatch, so that a negated operator holds', () => {
    const equals: Statement = { ...allow, Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } };
    const notEquals: Statement = {
      ...deny,
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } },
    };
    const from = (vpce: string) => ({ ...request, context: { 'aws:SourceVpce': vpce } });
    expect(isAllowed(request, { identity: [equals], resourceAccount: own })).toBe(false);
    expect(isAllowed(from('vpce-1'), { identity: [equals], resourceAccount: own })).toBe(true);
    expect(isAllowed(request, { identity: [allow, notEquals], resourceAccount: own })).toBe(false);
    expect(isAllowed(from('vpce-2'), { identity: [allow, notEquals], resourceAccount: own })).toBe(true);
    expect(isAllowed(from('vpce-3'), { identity: [allow, notEquals], resourceAccount: own })).toBe(false);
  });

  test('throws on elements and operators that it does not know', () => {
    const odd: Statement = { ...allow, Condition: { NumericLessThan: { 's3:max-keys': '1' } } };
    expect(() => isAllowed(request, { identity: [odd], resourceAccount: own })).toThrow('NumericLessThan');
    const notAction = { Effect: 'Allow', NotAction: 's3:*', Action: [] } as Statement;
    expect(() => isAllowed(request, { identity: [notAction], resourceAccount: own })).toThrow('NotAction');
  });
});
