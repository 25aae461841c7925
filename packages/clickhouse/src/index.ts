export {
  type ClickhouseEngineOptions,
  openClickhouseEngine,
} from './clickhouse-engine.ts';
