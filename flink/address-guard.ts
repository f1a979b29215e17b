// Decides which network addresses that a user named may be asked: for an artifact, or as an external Flink cluster (design.md §9). Link-local
// and metadata addresses never; this machine and private networks by setting. The address that was checked is the one that is connected to.
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

/** Where clouds answer with the credentials of the machine; they resolve only there. */
const METADATA_NAMES = new Set(['metadata', 'metadata.google.internal']);

const RESERVED = 'is a link-local, metadata or reserved address';

export interface GuardSettings {
  readonly allowPrivateAddresses: boolean;
}

/** Undefined when the address may be connected to, else why not. */
export function faultOfAddress(address: string, { allowPrivateAddresses }: GuardSettings): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, family) || (family === 'ipv6' && EMBEDDING.check(address, family))) return RESERVED;
  if (!allowPrivateAddresses && PRIVATE.check(address, family))
    return 'is an address of this machine or of a private network, which are asked only with DREY_PRIVATE_ADDRESSES=1';
  return undefined;
}

/** What the text alone tells: hosts written as numbers are never resolved. Undefined when the host may be asked, or is to be resolved first. */
export function faultOfHost({ hostname }: URL, settings: GuardSettings): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return faultOfAddress(host, settings);
  return METADATA_NAMES.has(host) ? RESERVED : undefined;
}

/** The code of every ForbiddenAddress. */
export const FORBIDDEN_ADDRESS = 'DREY_FORBIDDEN_ADDRESS';

/** A host that must not be asked. `message` is one sentence. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
  readonly code = FORBIDDEN_ADDRESS;
}

/** Throws ForbiddenAddress. */
export function checkHost(url: URL, settings: GuardSettings): void {
  const fault = faultOfHost(url, settings);
  if (fault !== undefined) throw new ForbiddenAddress(`${url.hostname} ${fault}`);
}

type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;
type Done = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** For the `lookup` option of a socket: resolves, checks every answer, hands out only what passed. */
export function guardedLookup(settings: GuardSettings, resolve: Resolve = resolveName): (name: string, options: LookupOptions, done: Done) => void {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const faults = found.map(({ address }) => faultOfAddress(address, settings));
      const allowed = found.filter((_, i) => faults[i] === undefined);
      const [first] = allowed;
      if (first === undefined) return done(new ForbiddenAddress(`${name} ${faults[0]}`), []);
      return options.all === true ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}
