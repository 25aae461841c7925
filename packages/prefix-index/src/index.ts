export { prefixIndexError } from './prefix-index-errors.ts';
