// What a JVM of ours is started with, as a file that `java @file` reads. Settings and program arguments may hold secrets, and a
// command line can be read by everybody on the machine: on it stand only the mark of the process and this file.

/** One argument a line, quoted so that it arrives exactly as it is. */
export function argumentFile(args: readonly string[]): string {
  return args.map((arg) => `${quoted(arg)}\n`).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\f': String.raw`\f`,
};

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"\n\r\t\f]/g, (character) => ESCAPES[character] ?? character)}"`;
}
