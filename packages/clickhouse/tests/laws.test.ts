import { afterAll, beforeAll, describe } from 'vitest';
import { queryEngineLaws } from '../../engine/tests/support/query-engine-laws.ts';
import { openClickhouseEngine } from '../src/index.ts';
import { type ChdbServer, startChdbServer } from './support/chdb-server.ts';

let server: ChdbServer;

beforeAll(async () => {
  server = await startChdbServer();
});

afterAll(() => server.close());

describe('ClickHouse, by chdb', () => {
  queryEngineLaws({
    open: async () => openClickhouseEngine(`clickhouse://127.0.0.1:${server.port}`),
    runs: 40,
    badValue: 'clickhouse.bad-value',
  });
});
