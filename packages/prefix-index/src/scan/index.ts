export { type EventScan, looksLikeEventLines, startEventScan } from './event-scan.ts';
