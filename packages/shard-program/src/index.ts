export { buildShardProgram } from './build.ts';
