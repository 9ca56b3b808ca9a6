import { describe, expect, test } from '@jest/globals';
import { findSpecFaults } from './service-spec.ts';

describe('the check against AWS’s specification', () => {
  test('finds nothing in what is right', () => {
    const Properties = { Code: { S3Bucket: { Ref: 'Bucket' } }, Role: 'arn', MemorySize: 512, Timeout: 15 };
    expect(findSpecFaults({ Vend: { Type: 'AWS::Lambda::Function', Properties } })).toEqual([]);
  });

  test('finds types and properties that do not exist, missing ones, and values of another type', () => {
    const faults = findSpecFaults({
      Nothing: { Type: 'AWS::Lambda::Funktion' },
      Vend: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bukket: 'b' },
          MemorySize: '512',
          Architectures: 'arm64',
          Environment: { Variables: { A: 1 } },
          Timeot: 15,
        },
      },
    });
    expect(faults).toEqual([
      'Nothing: there is no resource type AWS::Lambda::Funktion',
      'Vend (AWS::Lambda::Function) lacks Role',
      'Vend (AWS::Lambda::Function).Code has no property S3Bukket',
      'Vend (AWS::Lambda::Function).MemorySize must be of type integer',
      'Vend (AWS::Lambda::Function).Architectures must be an array',
      'Vend (AWS::Lambda::Function).Environment.Variables.A must be of type string',
      'Vend (AWS::Lambda::Function) has no property Timeot',
    ]);
  });
});
