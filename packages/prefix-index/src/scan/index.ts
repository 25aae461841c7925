export { beginScan } from './begin-scan.ts';
export { type EventScan, looksLikeEventLines, startEventScan } from './event-scan.ts';
