import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../src/index.ts';
import { parseArguments } from '../src/parse-arguments.ts';

const command = defineCommand({
  name: 'weigh',
  summary: 'Weighs things.',
  options: {
    logs: { type: 'string', array: true, demandOption: true, describe: 'what to weigh' },
    scale: { type: 'number', describe: 'by how much' },
    unit: { type: 'string', choices: ['g', 'kg'], default: 'g' },
  },
  examples: [['weigh --logs a b', 'two things']],
  check: ({ scale }) => (scale === 0 ? '--scale 0 weighs nothing' : undefined),
  run: async () => {},
});

describe('parseArguments', () => {
  it('reads lists, numbers and defaults', async () => {
    const parsed = await parseArguments(command, ['--logs', 'a', 'b', '--scale', '2.5']);
    expect(parsed).toMatchObject({
      options: { logs: ['a', 'b'], scale: 2.5, unit: 'g', quiet: false },
    });
  });

  it('reads a lone dash as a value', async () => {
    const parsed = await parseArguments(command, ['--logs', '-', '--scale', '2']);
    expect(parsed).toMatchObject({ options: { logs: ['-'], scale: 2 } });
  });

  it('answers --help with summary, options and examples', async () => {
    const parsed = await parseArguments(command, ['--help']);
    expect(parsed).toHaveProperty('text');
    for (const part of ['Weighs things.', '--logs', 'weigh --logs a b', 'two things']) {
      expect((parsed as { text: string }).text).toContain(part);
    }
  });

  it.each([
    [['--logs', 'a', '--unit', 't'], /unit/],
    [['--logs', 'a', '--sale', '2'], /sale/],
    [['--logs', 'a', '--scale', 'x'], /--scale takes a number/],
    [['--logs', 'a', '--scale', '0'], /weighs nothing/],
    [['--logs', 'a', '--unit', 'g', '--unit', 'kg'], /given 2 times/],
    [['--logs'], /--logs needs at least one value/],
    [[], /logs/],
  ])('refuses %j as wrong usage', async (words, message) => {
    await expect(parseArguments(command, words)).rejects.toMatchObject({
      code: 'usage.bad-arguments',
      message: expect.stringMatching(message),
    });
  });

  it('never fails other than by a usage code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (words) => {
        const outcome = await parseArguments(command, words).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toHaveProperty('code', 'usage.bad-arguments');
      }),
    );
  });
});
