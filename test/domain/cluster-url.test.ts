// The addresses that external Flink clusters may have (D4).
import { expect, it } from 'vitest';
import { clusterUrlFault } from '../../domain/cluster-url.ts';

it.each(['http://flink.example.com:8081', 'https://flink.example.com', 'https://flink.example.com/team/flink', 'http://10.0.0.1:8081/'])(
  '%s is an address',
  (url) => {
    expect(clusterUrlFault(url)).toBeUndefined();
  },
);

const NO_ADDRESS = 'must be an http:// or https:// address, for example "http://flink.example.com:8081"';

it.each([
  ['', NO_ADDRESS],
  ['flink.example.com', NO_ADDRESS],
  ['ftp://flink.example.com', NO_ADDRESS],
  ['xhttp://flink.example.com', NO_ADDRESS],
  ['httpsx://flink.example.com', NO_ADDRESS],
  ['file:///etc/passwd', NO_ADDRESS],
  ['http://me@flink.example.com', 'must not hold a user name or password'],
  ['http://:word@flink.example.com', 'must not hold a user name or password'],
  ['http://flink.example.com?a=b', 'must not have a query or fragment'],
  ['http://flink.example.com#a', 'must not have a query or fragment'],
  ['http://flink.example.com?', 'must not have a query or fragment'],
  ['http://flink.example.com#', 'must not have a query or fragment'],
  [' http://flink.example.com ', 'must not begin or end with blanks'],
])('%j is none: it %s', (url, fault) => {
  expect(clusterUrlFault(url)).toBe(fault);
});
