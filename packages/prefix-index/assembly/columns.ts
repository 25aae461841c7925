/** Columns of prefix events, as Parquet has them, summed into the rows that lines of events are summed into. */
export { addRows, eventCount } from './column-events';
export {
  beginGroup,
  dictionaryRoom,
  pageRoom,
  readDictionary,
  readPage,
  setKind,
} from './column-pages';
export { hasWideText } from './column-values';
export { addSent, bucketBounds, setRules } from './events';
export { emptyNumbersAt, layOut, layoutBytes, makeRoom } from './layout';
export { clearSent, sentAt, sentBytes, setShare } from './outbox';
