import { MOST_LINKED } from './compiled-kernel.ts';
import { createStage, instantiate } from './compiled-module.ts';
import type { KernelSetting, ReferenceKernel } from './reference-kernel.ts';

/** LFU compiled; it asks for past references when it has to order blocks whose uses it did not log. */
export function createLfuKernel(setting: KernelSetting): ReferenceKernel | undefined {
  const { blocks, distinctBlocks, capacityBlocks } = setting;
  if (blocks.length > MOST_LINKED) return undefined;
  const kernels = instantiate(setting);
  if (kernels === undefined) return undefined;
  kernels.createLfu(distinctBlocks, capacityBlocks);
  const stage = createStage(kernels, blocks, setting.references().next);
  const gatherBefore = (reference: number) => {
    let left = kernels.logMore();
    for (let to = reference; left > 0; ) {
      const from = Math.max(0, to - stage.most);
      const place = stage.place(from, to);
      left = kernels.gatherUses(place, place + to - from);
      to = from;
    }
  };
  return {
    evictions: () => kernels.evictions(),
    run(begin, end) {
      let hits = 0;
      for (let at = begin; at < end; ) {
        const to = Math.min(end, at + stage.most);
        const place = stage.place(at, to);
        hits += kernels.runLfu(place, place + to - at);
        at += kernels.stoppedAt() - place;
        if (at < to) gatherBefore(at);
      }
      return hits;
    },
  };
}
