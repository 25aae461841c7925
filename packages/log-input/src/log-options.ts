import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { TRACE_FORMATS, type TraceOptions } from '@wavetune/trace';

/** What every command that reads logs lets its user say about them; the files themselves are the command's own option. */
export const LOG_OPTIONS = {
  format: {
    type: 'string',
    default: 'auto',
    choices: ['auto', ...TRACE_FORMATS.map((format) => format.name)],
    describe: 'How to read the logs; auto looks at the content, not at the name',
  },
  key: { type: 'string', describe: 'Key logs: the column of the key' },
  size: { type: 'string', describe: 'Key logs: the column of sizes, bytes' },
  timestamp: { type: 'string', describe: 'Key logs: the column of times' },
  tenant: { type: 'string', describe: 'Key logs: the column of tenants' },
  page: { type: 'string', describe: 'Key logs: the column of page ids' },
  'prefix-mode': {
    type: 'string',
    choices: ['bytes', 'delimiter'],
    default: 'bytes',
    describe: 'Key logs: what a prefix of a key is',
  },
  'prefix-len': { type: 'number', default: 4, describe: 'Key logs: bytes of a prefix' },
  delimiter: {
    type: 'string',
    default: '/',
    describe: 'Key logs: what separates the parts of a path-like key',
  },
  'block-size': { type: 'number', describe: 'Tokens a block, where the log does not say' },
  tail: {
    type: 'string',
    choices: ['drop', 'count'],
    describe: 'The partial last block: drop it (engines) or count its tokens (Mooncake)',
    defaultDescription: "the format's own",
  },
  namespace: {
    type: 'string',
    choices: ['auto', 'none'],
    default: 'auto',
    describe:
      'Block ids mean something in their file only where the format says so (auto), or in all (none)',
  },
  'hash-seed': {
    type: 'string',
    describe: "Token-id logs: the engine's PYTHONHASHSEED",
  },
  quarantine: {
    type: 'string',
    describe: 'Write bad records here (JSONL: file, record, reason)',
  },
  'max-bad': {
    type: 'number',
    default: 0.01,
    describe: 'Share of bad records past which nothing is written',
  },
  'engine-memory': {
    type: 'string',
    default: '1GiB',
    describe: 'What reading may hold before it spills to disk',
  },
  threads: { type: 'number', describe: 'Threads', defaultDescription: "the machine's cores" },
} as const satisfies OptionTable;

/** The values of {@link LOG_OPTIONS}; a command may offer further prefix modes that it handles itself. */
export type RawLogOptions = Omit<OptionsOf<typeof LOG_OPTIONS>, 'prefix-mode'> & {
  readonly 'prefix-mode': string;
};

/** What is wrong with the values, or nothing: for a command's `check`. */
export function faultOfLogOptions(raw: RawLogOptions): string | undefined {
  const { 'max-bad': maxBad, 'prefix-len': prefixLen, 'block-size': blockSize, threads } = raw;
  const rules: readonly (readonly [holds: boolean, otherwise: string])[] = [
    [maxBad >= 0 && maxBad <= 1, `--max-bad ${maxBad}: accepted is a ratio from 0 to 1`],
    [
      isWhole(prefixLen, 1, 4096),
      `--prefix-len ${prefixLen}: accepted is a whole number from 1 to 4096`,
    ],
    [
      blockSize === undefined || isWhole(blockSize, 1, 1 << 20),
      `--block-size ${blockSize}: accepted is a whole number from 1 to 1048576`,
    ],
    [
      threads === undefined || isWhole(threads, 1, 256),
      `--threads ${threads}: accepted is a whole number from 1 to 256`,
    ],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

/** The same as the reader takes it. */
export function traceOptionsOf(raw: RawLogOptions): TraceOptions {
  const columns = given({
    key: raw.key,
    size: raw.size,
    timestamp: raw.timestamp,
    tenant: raw.tenant,
    page: raw.page,
  });
  return {
    ...given({
      blockSize: raw['block-size'],
      tail: raw.tail === 'drop' || raw.tail === 'count' ? raw.tail : undefined,
      hashSeed: raw['hash-seed'],
    }),
    columns,
    prefixMode: raw['prefix-mode'] === 'delimiter' ? 'delimiter' : 'bytes',
    prefixLength: raw['prefix-len'],
    delimiter: raw.delimiter,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the entries that are undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
