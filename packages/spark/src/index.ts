export type { ArrowBatch } from './connect-protocol.ts';
export { runScript } from './run-script.ts';
export { connectSpark, type SparkClient, type SparkClientOptions } from './spark-client.ts';
export { openSparkEngine, type ScriptOptions, type SparkEngine } from './spark-engine.ts';
