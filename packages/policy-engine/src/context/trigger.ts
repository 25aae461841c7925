import type { ItemEvent } from '../events/item-event.ts';
import type { PlanSignal } from '../planners/planner.ts';
import type { Hits } from './window-tally.ts';

export type TriggerReason = PlanSignal['reason'];

/** Says when a window ends and a plan is asked for. */
export interface Trigger {
  /**
   * In the order of the stream; `hits` for requests, null for all other events; `pressure` of the steered cache, 0 … 1.
   *
   * @returns Why the window ends with this event, or null where it goes on.
   */
  observe(event: ItemEvent, hits: Hits | null, pressure: number): TriggerReason | null;
}

/** Ends a window after every `count` events. */
export function everyEvents(count: number): Trigger {
  let events = 0;
  return {
    observe() {
      events++;
      if (events < count) return null;
      events = 0;
      return 'events';
    },
  };
}
