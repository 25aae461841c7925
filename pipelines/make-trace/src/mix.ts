import { GENERATE_DEFAULTS, type GenerateOptions } from '@wavetune/trace';

/**
 * Shares of the requests from the text of `--workload`: `mix`, one name, or `chat=3,rag=1`. What is no number is NaN, which
 * the generator refuses by name.
 */
export function mixOf(text: string): GenerateOptions['mix'] {
  if (text === 'mix') return GENERATE_DEFAULTS.mix;
  const shares = text.split(',').map((part): [string, number] => {
    const [name, share = '1'] = part.split('=');
    return [name.trim(), share.trim() === '' ? Number.NaN : Number(share)];
  });
  return Object.fromEntries(shares);
}
