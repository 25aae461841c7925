import type { OptionTable } from '@wavetune/cli';
import { WEIGHTS } from '@wavetune/prefix-index';
import { STORE_OPTIONS } from './store-options.ts';

/** The command line of `prefix-indexer serve`. */
export const SERVE_OPTIONS = {
  ...STORE_OPTIONS,
  'half-life': {
    type: 'string',
    describe: 'In which a score halves: 1h; a store keeps what it was made with',
    defaultDescription: '1h for a new store',
  },
  weight: {
    type: 'string',
    choices: WEIGHTS,
    describe: 'What an event weighs in a score; a store keeps what it was made with',
    defaultDescription: 'bytes for a new store',
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    describe: 'Address to listen on; others than this machine need --tokens',
  },
  port: { type: 'number', default: 8080, describe: 'HTTP; 0 takes a free one' },
  'grpc-port': { type: 'number', describe: 'gRPC as well; 0 takes a free one' },
  tokens: {
    type: 'string',
    describe: 'File of bearer tokens: name, SHA-256, tenants and actions of each',
  },
  'body-limit': { type: 'string', default: '8MiB', describe: 'Of one request' },
  'pending-limit': {
    type: 'string',
    default: '64MiB',
    describe: 'Of all requests without an answer yet; more are told to come again',
  },
  'rate-limit': { type: 'number', default: 10_000, describe: 'Requests a second, by token' },
  stale: {
    type: 'string',
    default: '250ms',
    describe:
      'An answer may be so much older than the last change while making answers takes over a tenth of the time; 0ms for never',
  },
  'credit-bytes': {
    type: 'string',
    describe: "What a tenant's hints may take up together in a window: 8GiB",
  },
  'credit-window': { type: 'string', default: '1m', describe: 'The window' },
  keep: {
    type: 'string',
    describe: 'Forget prefixes not seen for so long before the newest event: 30d',
    defaultDescription: 'all',
  },
  grace: {
    type: 'string',
    default: '10s',
    describe: 'What requests under way may take at the end',
  },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    describe: 'Of the log on standard error; it never holds what a caller sent',
  },
} as const satisfies OptionTable;
