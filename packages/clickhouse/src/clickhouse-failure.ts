import { ClickHouseError } from '@clickhouse/client';
import { isWavetuneError } from '@wavetune/core';
import { clickhouseError } from './clickhouse-errors.ts';

/** What the mapping needs to know of the query that failed. */
export interface FailedQuery {
  readonly server: string;
  readonly isInterrupted: boolean;
  /** Whether something of the result had come. */
  readonly hasBegun: boolean;
}

const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  'clickhouse.refused': ['192', '193', '194', '497', '516'],
  'clickhouse.unknown-table': ['60', '81'],
  'clickhouse.cannot-read': ['74', '76', '107', '291', '400', '481', '636'],
  'clickhouse.bad-value': [
    '6',
    '27',
    '38',
    '41',
    '53',
    '69',
    '70',
    '72',
    '131',
    '153',
    '321',
    '407',
    '457',
  ],
  'clickhouse.out-of-memory': ['173', '241'],
};
const TIMEOUT = '159';
const CANCELLED = '394';

/** A failure of the client's or the server's as a coded error; the server's number and name of it are in the details. */
export function codedFailure(failure: unknown, query: FailedQuery): unknown {
  if (isWavetuneError(failure)) return failure;
  const cause = { cause: failure };
  if (query.isInterrupted) return clickhouseError('clickhouse.interrupted', {}, cause);
  if (failure instanceof ClickHouseError) return serverError(failure, query, cause);
  if (!(failure instanceof Error)) return failure;
  const reason = reasonOf(failure);
  if (/timeout/i.test(reason)) return clickhouseError('clickhouse.deadline', { reason }, cause);
  const { server } = query;
  const code = query.hasBegun ? 'clickhouse.lost' : 'clickhouse.unreachable';
  return clickhouseError(code, { server, reason }, cause);
}

function serverError(
  failure: ClickHouseError,
  { server }: FailedQuery,
  cause: { readonly cause: unknown },
) {
  const { code: number, type: name = 'UNKNOWN', message } = failure;
  const reason = message.split('\n')[0].slice(0, 300);
  const details = { number, name, reason };
  if (number === CANCELLED) return clickhouseError('clickhouse.interrupted', {}, cause);
  if (number === TIMEOUT) return clickhouseError('clickhouse.deadline', { reason }, cause);
  const is = (code: string): boolean => NUMBERS[code].includes(number);
  if (is('clickhouse.refused'))
    return clickhouseError('clickhouse.refused', { ...details, server }, cause);
  if (is('clickhouse.unknown-table'))
    return clickhouseError('clickhouse.unknown-table', details, cause);
  if (is('clickhouse.cannot-read'))
    return clickhouseError('clickhouse.cannot-read', details, cause);
  if (is('clickhouse.bad-value')) return clickhouseError('clickhouse.bad-value', details, cause);
  if (is('clickhouse.out-of-memory'))
    return clickhouseError('clickhouse.out-of-memory', details, cause);
  return clickhouseError('clickhouse.query-failed', details, cause);
}

function reasonOf(failure: Error): string {
  const { code = '' } = failure as NodeJS.ErrnoException;
  return failure.message || code || failure.name;
}

const EXCEPTION = /Code: (\d+)\. DB::Exception: ([\s\S]*?)(?:\(([A-Z_]+)\)|$)/;

/** The error that a server wrote into a result that it had begun. */
export function errorWithin(text: string): ClickHouseError | undefined {
  const found = EXCEPTION.exec(text);
  if (found === null) return undefined;
  return new ClickHouseError({ code: found[1], message: found[2], type: found[3] });
}
