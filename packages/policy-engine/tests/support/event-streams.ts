import { createEventRecorder, type EventColumns } from '../../src/events/event-columns.ts';
import type { ItemEvent } from '../../src/events/item-event.ts';

/** Events of one user, `click` and a request unless said otherwise. */
export function eventsOf(events: readonly Partial<ItemEvent>[]): EventColumns {
  const recorder = createEventRecorder();
  for (const event of events) {
    recorder.add({
      ...{ timeMillis: 0, user: 'u', action: 'click', item: 'a', category: '' },
      ...{ isRequest: true, sizeBytes: 100 },
      ...event,
    });
  }
  return recorder.finish().columns;
}
