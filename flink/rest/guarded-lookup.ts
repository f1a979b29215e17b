// Resolves names for connections to Flink, and keeps them away from link-local and cloud metadata addresses (design.md §9). The address that
// was checked is the one that is connected to. Addresses written as numbers are checked where the url is stored (`domain/cluster-url.ts`).
import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIPv6 } from 'node:net';

const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

/** The code of the error when a name leads only to addresses that are never connected to. */
export const FORBIDDEN_ADDRESS = 'DREY_FORBIDDEN_ADDRESS';

type Resolve = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;
type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** For the `lookup` option of a socket. */
export function guardedLookup(resolve: Resolve = resolveName): (name: string, options: LookupOptions, done: Done) => void {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const allowed = found.filter(({ address }) => !FORBIDDEN.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));
      const [first] = allowed;
      if (first === undefined) return done(forbidden(name), []);
      return options.all === true ? done(null, allowed) : done(null, first.address, first.family);
    });
  };
}

function forbidden(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} is the name of a link-local or metadata address`), { code: FORBIDDEN_ADDRESS });
}
