import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../src/index.ts';
import { parseArguments } from '../src/parse-arguments.ts';
import { chooseCommand } from '../src/program.ts';

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

const ingest = defineCommand({
  name: 'ingest',
  summary: 'Ingests files.',
  operand: 'files',
  options: {
    files: { type: 'string', array: true, demandOption: true, describe: 'what to ingest' },
    store: { type: 'string', describe: 'where to' },
  },
  examples: [],
  run: async () => {},
});

describe('an operand', () => {
  it('takes the words without a dash, wherever they stand', async () => {
    const expected = { options: { files: ['a', 'b'], store: 'x' } };
    for (const words of [
      ['a', 'b', '--store', 'x'],
      ['--store', 'x', 'a', 'b'],
    ]) {
      expect(await parseArguments(ingest, words)).toMatchObject(expected);
    }
  });

  it('is named in the help, and where it is missing', async () => {
    expect(await parseArguments(ingest, ['--help'])).toMatchObject({
      text: expect.stringMatching(/ingest <files\.\.> \[options\][\s\S]*what to ingest/),
    });
    await expect(parseArguments(ingest, [])).rejects.toMatchObject({
      message: expect.stringContaining('files missing'),
    });
  });
});

describe('chooseCommand', () => {
  const program = { name: 'indexer', summary: 'Keeps an index.', commands: [ingest] };

  it('gives the command under its full name, or the list of commands', () => {
    expect(chooseCommand(program, 'ingest')).toMatchObject({ name: 'indexer ingest' });
    expect(chooseCommand(program, '--help')).toMatchObject({
      text: expect.stringMatching(/Keeps an index\.[\s\S]*ingest {2}Ingests files\./),
    });
  });

  it.each([[undefined], ['injest'], ['__proto__']])('refuses %j by code', (word) => {
    expect(() => chooseCommand(program, word)).toThrow(
      expect.objectContaining({
        code: 'usage.bad-arguments',
        message: expect.stringContaining('accepted: ingest'),
      }),
    );
  });
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
