import { bcacheKernelFiles } from './bcache.ts';
import { cutlassKernelFiles } from './cutlass.ts';
import type { KernelFileExporter } from './kernel-file-exporter.ts';
import { sglangKernelFiles } from './sglang.ts';
import { tritonKernelFiles } from './triton.ts';
import { vllmKernelFiles } from './vllm.ts';

/** Every engine and tool that tuned kernels can be written for. */
export const KERNEL_FILE_EXPORTERS: readonly KernelFileExporter[] = [
  vllmKernelFiles,
  sglangKernelFiles,
  tritonKernelFiles,
  cutlassKernelFiles,
  bcacheKernelFiles,
];
