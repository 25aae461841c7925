import type { Policies } from '@wavetune/documents';
import { RUN_FILES, type RunDocuments, type RunFile } from '../run/run-documents.ts';
import { absentSection, type FileGroup, type Section } from '../section.ts';
import { asSentence } from './labels.ts';
import { ENGINE_NAMES } from './verdicts-section.ts';

const ID = 'apply';
const TITLE = 'How to apply the files';

/** How an operator hands each engine its file; the verdict stands in the file itself. */
const CACHE_HOW: Readonly<Record<keyof typeof ENGINE_NAMES, string>> = {
  vllm: 'Start the server with what vllm.args holds below its comments: `vllm serve MODEL --kv-transfer-config "$(cat vllm-kv-transfer-config.json)"`. Without the flag everything is as before.',
  sglang: 'Add the flags of sglang.args to `python -m sglang.launch_server`.',
  lmcache: 'Start the engine with `LMCACHE_CONFIG_FILE=lmcache.yaml`.',
  'tensorrt-llm':
    'Send the retention configuration of a prefix with each request that begins with it (`kv_cache_retention_config`).',
};

type CacheEngine = NonNullable<Policies['cache']>['engines'][number];

/** The files that the run wrote, engine by engine: what each is for, how it is put into use, what it holds. */
export function applySection(run: RunDocuments): Section {
  const groups = [...documentGroups(run), ...engineGroups(run), ...kernelGroups(run)];
  if (groups.length === 0) {
    return absentSection(
      ID,
      TITLE,
      `Neither ${RUN_FILES.wavespec} nor ${RUN_FILES.policies} is in the run folder, so there is nothing to put into use.`,
    );
  }
  return {
    id: ID,
    title: TITLE,
    lead: 'Files are in the run folder. Each says its verdict; one that says “keep default” holds no settings, so leaving it out changes nothing.',
    absent: false,
    blocks: [{ kind: 'files', groups }],
  };
}

function documentGroups({ wavespec, policies }: RunDocuments): readonly FileGroup[] {
  const groups: FileGroup[] = [];
  if (wavespec !== undefined) {
    const pins = wavespec.pins === null ? [] : ['`pins` names what to keep resident.'];
    groups.push(
      documentGroup('wavespec.json for planners', RUN_FILES.wavespec, [...WAVESPEC_HOW, ...pins]),
    );
  }
  if (policies?.cache?.verdict === 'use') {
    groups.push(
      documentGroup('policies.json for cache managers', RUN_FILES.policies, POLICIES_HOW),
    );
  }
  return groups;
}

const WAVESPEC_HOW = [
  'Load it where pages are placed: `pack_order` is the order in which to lay them out, `waves` are there for BCache. `bin/export-wavespec --format-out get-plan`, `proto-json` or `bstack` writes it in a consumer’s own form.',
];
const POLICIES_HOW = [
  '`cache` holds the policy and its parameters; a learned table is read as the schema of policies/1 says, without this project. `cache.cohorts` gives a time to live and a priority for each prefix.',
];

function documentGroup(title: string, path: string, how: readonly string[]): FileGroup {
  return { title, how, files: [{ path, bytes: null, text: null, note: '' }] };
}

function engineGroups({ policies, files }: RunDocuments): readonly FileGroup[] {
  return (policies?.cache?.engines ?? [])
    .filter((engine: CacheEngine) => engine.files.length > 0)
    .map((engine) => ({
      title: `${ENGINE_NAMES[engine.engine]}: ${engine.verdict}`,
      how:
        engine.verdict === 'use'
          ? [CACHE_HOW[engine.engine]]
          : [asSentence(`Change nothing: ${engine.reason}`)],
      files: shown(engine.files, files),
    }));
}

function kernelGroups({ policies, files }: RunDocuments): readonly FileGroup[] {
  return (policies?.kernel_run?.files ?? []).map(({ engine, files: paths, notes }) => ({
    title: `${ENGINE_NAMES[engine as keyof typeof ENGINE_NAMES] ?? engine}: kernel tiles`,
    how: [...(KERNEL_HOW[engine] ?? []), ...notes].map(asSentence),
    files: shown(paths, files),
  }));
}

const KERNEL_HOW: Readonly<Record<string, readonly string[]>> = {
  triton: ['Hand the list of a layer and M to triton.autotune as its configs'],
  cutlass: ['Time the listed problems with cutlass_profiler, one line of arguments each'],
};

function shown(paths: readonly string[], files: readonly RunFile[]): readonly RunFile[] {
  return files.filter(({ path }) => paths.includes(path));
}
