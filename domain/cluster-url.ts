// What the address of somebody else's Flink cluster may look like (D4). Whether it may be asked: flink/address-guard.ts.

/** What is wrong with the address, or undefined. */
export function clusterUrlFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be an http:// or https:// address, for example "http://flink.example.com:8081"';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  // An empty one is not seen in the parts of the URL, and paths would be appended behind it.
  if (/[?#]/.test(text)) return 'must not have a query or fragment';
  if (text !== text.trim()) return 'must not begin or end with blanks';
  return undefined;
}
