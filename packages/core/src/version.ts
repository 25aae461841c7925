import manifest from '../package.json' with { type: 'json' };

/** The version that documents and `--version` name. */
export const WAVETUNE_VERSION: string = manifest.version;
