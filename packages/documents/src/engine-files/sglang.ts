import { commentOf, type EngineChoice, type EngineExporter } from './engine-exporter.ts';

/**
 * SGLang's flag for its radix cache, lru unless told. `priority` is left out: it needs requests that carry one, which
 * neither a trace nor a flag can give.
 */
export const sglangExporter: EngineExporter = {
  name: 'sglang',
  option: 'sglang',
  summary: 'SGLang: sglang.args',
  choices: ['lru', 'lfu', 'slru'].map(toChoice),
  settingsOf: ({ verdict, choice }) => (verdict === 'use' ? choice.setting : {}),
  filesOf(advice) {
    const comment = commentOf('SGLang', advice).map((line) => `# ${line}`);
    const flags = Object.entries(this.settingsOf(advice)).map(
      ([flag, value]) => `${flag} ${value}`,
    );
    return [{ name: 'sglang.args', text: `${[...comment, ...flags].join('\n')}\n` }];
  },
};

function toChoice(policy: string): EngineChoice {
  return {
    setting: { '--radix-eviction-policy': policy },
    policy: `sglang-${policy}`,
    parameters: {},
    residency: 'closed',
  };
}
