export {
  type ClickhouseEngineOptions,
  openClickhouseEngine,
} from './clickhouse-engine.ts';
export { isClickhouseUrl } from './clickhouse-url.ts';
