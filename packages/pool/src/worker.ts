import { encodeFailure } from '@wavetune/core';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { buffersOf } from './buffers.ts';
import type { TaskOutcome } from './outcome.ts';
import { taskOf } from './task-table.ts';

/** Runs one part; the buffers of its result move to the caller's thread. */
export default function runPart(call: { readonly task: string; readonly input: unknown }): unknown {
  let outcome: TaskOutcome<unknown>;
  try {
    outcome = { value: taskOf(call.task).run(call.input) };
  } catch (error) {
    outcome = { failure: encodeFailure(error) };
  }
  return move({ [transferableSymbol]: buffersOf(outcome), [valueSymbol]: outcome });
}
