// What the address of somebody else's Flink cluster may look like (D4; design.md §9). Looks at the text only: names are resolved where they are used.

/** What is wrong with the address, or undefined. */
export function clusterUrlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an http:// or https:// address, for example "http://flink.example.com:8081"';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  if (isNeverAllowed(url.hostname.replace(/\.$/, ''))) return 'must not be a link-local or cloud metadata address';
  return undefined;
}

/** URL writes every spelling of an IPv4 address as four decimal numbers, and an IPv6 address in brackets. */
function isNeverAllowed(host: string): boolean {
  const metadata = host === 'metadata' || host === 'metadata.google.internal' || host === '[fd00:ec2::254]' || host === '100.100.100.200';
  const linkLocal = host.startsWith('169.254.') || /^\[fe[89ab]/.test(host) || host.startsWith('[::ffff:a9fe:');
  return metadata || linkLocal;
}
