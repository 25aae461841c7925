import { sglangFolder } from '@wavetune/kernels';
import { engineTables, sharedNameNote } from './engine-table.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';

const DENSE_FOLDER = 'quantization/configs/';

/** SGLang reads MoE files by the version of Triton that runs them; its tables hold M alone as keys. */
export const sglangKernelFiles: KernelFileExporter = {
  option: 'sglang',
  summary: 'SGLang: fused MoE tables by Triton version, dense block FP8 tables',
  async filesOf(tuning, catalogue) {
    const version = tuning.ground.tritonVersion;
    const moe = `configs/${sglangFolder(version)}/`;
    const folders = { moe, dense: DENSE_FOLDER };
    const { files, notes } = await engineTables(tuning, { engine: 'sglang', folders });
    const dense = files.filter(({ name }) => name.startsWith(DENSE_FOLDER));
    return {
      files,
      notes: [
        ...(files.length > dense.length
          ? [
              `set SGLANG_MOE_CONFIG_DIR to this folder; ${moe} is looked up under Triton ${version} (--triton-version)`,
              ...sharedNameNote(tuning, catalogue),
            ]
          : []),
        ...(dense.length > 0
          ? [
              `copy ${DENSE_FOLDER}*.json into sglang/srt/layers/${DENSE_FOLDER} of the installed package`,
            ]
          : []),
        ...notes,
      ],
    };
  },
};
