import type { Readable } from 'node:stream';
import { parseTransportUrl } from '../transport/transport-url.ts';
import { parseLine, type RawEvent } from './parse-event.ts';
import { readRedisEvents } from './redis-events.ts';
import { readLines, tailFile } from './tail-file.ts';

/** Where live events come from. */
export interface EventSourceOptions {
  /** `redis-stream://host:port/db/stream`, the path of a file of JSON lines, or `-` for those of `input`. */
  readonly place: string;
  /** With what is there already, or only what comes from now on. */
  readonly fromStart: boolean;
  readonly input: Readable;
  /** The server was lost; it is looked for again. */
  readonly onFailure: (failure: unknown) => void;
  /** Ends the source. */
  readonly signal: AbortSignal;
}

/**
 * Events as they come, in batches; ends with `input` or `signal`. A line that is no JSON comes as its text.
 *
 * @throws WavetuneError `transport.bad-url`, `follow.cannot-read`.
 */
export function liveEvents(options: EventSourceOptions): AsyncIterable<readonly RawEvent[]> {
  const { place, input, signal } = options;
  if (place === '-') return parsed(readLines(input, signal));
  if (!place.startsWith('redis-stream://')) return parsed(tailFile(place, options));
  const stream = parseTransportUrl(place);
  if (stream.kind !== 'redis-stream') throw new Error(`${stream.kind} was parsed from ${place}`);
  return readRedisEvents(stream, options);
}

async function* parsed(
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<readonly RawEvent[]> {
  for await (const lines of batches) {
    const events = lines.filter((line) => line.trim() !== '').map(parseLine);
    if (events.length > 0) yield events;
  }
}
