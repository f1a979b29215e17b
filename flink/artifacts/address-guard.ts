// Decides which network addresses may be asked for an artifact (design.md §9). Link-local and metadata addresses never; this
// machine and private networks by setting. The address that was checked is the one that is connected to.
import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

const NEVER = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  NEVER.addSubnet(net, prefix, 'ipv4');
}
NEVER.addAddress('100.100.100.200', 'ipv4');
NEVER.addSubnet('fe80::', 10, 'ipv6');
NEVER.addSubnet('ff00::', 8, 'ipv6');
NEVER.addAddress('fd00:ec2::254', 'ipv6');
NEVER.addAddress('::', 'ipv6');

const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');

/** 64:ff9b::/96 and 2002::/16 carry an IPv4 address inside. */
const EMBEDDING = new BlockList();
EMBEDDING.addSubnet('64:ff9b::', 96, 'ipv6');
EMBEDDING.addSubnet('2002::', 16, 'ipv6');

export interface GuardSettings {
  readonly allowPrivateAddresses: boolean;
}

/** Undefined when the address may be connected to, else why not. */
export function faultOfAddress(address: string, { allowPrivateAddresses }: GuardSettings): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family) || (family === 'ipv6' && EMBEDDING.check(address, family))) return 'is a link-local, metadata or reserved address';
  if (!allowPrivateAddresses && PRIVATE.check(address, family)) return 'is an address of this machine or of a private network, which are switched off';
  return undefined;
}

/** A host that must not be asked. `message` is one sentence. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

type Done = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** For the `lookup` option of a socket: resolves, checks every answer, hands out only what passed. */
export function guardedLookup(settings: GuardSettings): (name: string, options: LookupOptions, done: Done) => void {
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const faults = found.map(({ address }) => faultOfAddress(address, settings));
      const allowed = found.filter((_, i) => faults[i] === undefined);
      const [first] = allowed;
      if (first === undefined) return done(new ForbiddenAddress(`${name} ${faults[0]}`), []);
      return options.all === true ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

/** Hosts written as numbers are never resolved, so they are checked here. Throws ForbiddenAddress. */
export function checkHost(url: URL, settings: GuardSettings): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const fault = isIP(host) === 0 ? undefined : faultOfAddress(host, settings);
  if (fault !== undefined) throw new ForbiddenAddress(`${host} ${fault}`);
}
