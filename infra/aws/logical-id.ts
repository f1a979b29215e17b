// The name of a resource in the template, by which findings of cdk-nag call it.
import { CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export function logicalIdOf(construct: IConstruct): string {
  const { defaultChild } = construct.node;
  if (!(defaultChild instanceof CfnElement)) throw new Error(`${construct.node.path} is no single resource`);
  return Stack.of(construct).getLogicalId(defaultChild);
}
