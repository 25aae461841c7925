/** One thing that an engine can be told about eviction, and how the replay runs it. */
export interface EngineChoice {
  /** In the engine's own words. */
  readonly setting: Readonly<Record<string, string | number>>;
  /** As the replay calls it. */
  readonly policy: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Whether the engine may drop a block whose children stay. */
  readonly residency: 'closed' | 'free';
}

/** How long and how firmly a prefix is kept, for engines that take this with each request. */
export interface RetentionRule {
  /** Id of the last block of the prefix. */
  readonly prefix: string;
  /** Tokens of it, from the first. */
  readonly tokens: number;
  /** 1 … 100, the higher is kept longer. */
  readonly priority: number;
  /** Null keeps the priority for good. */
  readonly ttlMillis: number | null;
}

/** What the comparison on the measured window says about one engine. */
export interface EngineAdvice {
  readonly verdict: 'use' | 'keep default';
  /** A sentence with the figures. */
  readonly reason: string;
  /** The best of the exporter's choices; its first where the default stays. */
  readonly choice: EngineChoice;
  readonly capacityBytes: number;
  /** Tokens a block of the replay. */
  readonly blockSize: number;
  readonly retention: readonly RetentionRule[];
}

/** A file for an engine. */
export interface EngineFile {
  readonly name: string;
  readonly text: string;
}

/** One engine: what it can be told, and how that is written down. */
export interface EngineExporter {
  /** As in `policies.json`. */
  readonly name: 'vllm' | 'sglang' | 'lmcache' | 'tensorrt-llm';
  /** As on a command line. */
  readonly option: string;
  /** Who reads the files; one line for `--help`. */
  readonly summary: string;
  /** What it can be told; the first is what it does when told nothing. */
  readonly choices: readonly EngineChoice[];
  /** The settings, machine-readable; none where the default stays. */
  settingsOf(advice: EngineAdvice): Readonly<Record<string, unknown>>;
  /** At least one file, which says the verdict and its reason; settings only for `use`. */
  filesOf(advice: EngineAdvice): readonly EngineFile[];
}

/** The verdict as comment lines of a shell script or of YAML, without their `#`. */
export function commentOf(engine: string, { verdict, reason }: EngineAdvice): readonly string[] {
  return [`${engine}: ${verdict}`, ...wrapped(reason, 100)];
}

/** Words in lines of at most `width` characters; a longer word has a line of its own. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
