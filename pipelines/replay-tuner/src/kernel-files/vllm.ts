import { engineTables, sharedNameNote } from './engine-table.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';

const DENSE_FOLDER = 'block-fp8/';

/** vLLM reads fused MoE files from a folder of the user's, dense block-scaled ones only from its own package. */
export const vllmKernelFiles: KernelFileExporter = {
  option: 'vllm',
  summary: 'vLLM: fused MoE and dense block FP8 tables',
  async filesOf(tuning, catalogue) {
    const folders = { moe: '', dense: DENSE_FOLDER };
    const { files, notes } = await engineTables(tuning, { engine: 'vllm', folders });
    const dense = files.filter(({ name }) => name.startsWith(DENSE_FOLDER));
    return {
      files,
      notes: [
        ...(files.length > dense.length
          ? [
              'set VLLM_TUNED_CONFIG_FOLDER to this folder for the MoE file',
              ...sharedNameNote(tuning, catalogue),
            ]
          : []),
        ...(dense.length > 0
          ? [
              `VLLM_TUNED_CONFIG_FOLDER is not read for dense layers: copy ${DENSE_FOLDER}*.json into vllm/model_executor/layers/quantization/utils/configs/ of the installed package`,
            ]
          : []),
        ...notes,
      ],
    };
  },
};
