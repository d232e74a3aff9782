import { describe, expect, it } from 'vitest';
import { createBuildProgress } from '../../../src/adapters/docker/build-progress.ts';
import { NotAnEngine } from '../../../src/adapters/docker/engine-errors.ts';
import { jsonLines } from '../../../src/adapters/docker/json-lines.ts';
import type { BuildEvent } from '../../../src/ports/engine.ts';

const play = (...messages: object[]) => {
  const events: BuildEvent[] = [];
  const progress = createBuildProgress((event) => events.push(event));
  for (const message of messages) progress.take(message);
  progress.end();
  return { events, record: progress.record };
};
const streams = (...texts: string[]) => texts.map((stream) => ({ stream }));
const layer = (id: string, status: string, current?: number, total?: number) => ({
  id,
  status,
  progressDetail: current === undefined ? {} : { current, total },
});

describe('build progress', () => {
  it('reads the steps of the classic builder, as Docker 20.10 sends them', () => {
    const { events, record } = play(
      ...streams(
        'Step 1/3 : FROM base',
        '\n',
        ' ---> 2fb50e4d747b\n',
        'Step 2/3 : RUN echo one',
        '\n',
        ' ---> Using cache\n',
        ' ---> 0dda7e421d02\n',
        'Step 3/3 : RUN echo two',
        '\n',
        ' ---> Running in 4744bdaabb7d\n',
        'tw',
        'o\n',
        'Removing intermediate container 4744bdaabb7d\n',
        ' ---> 53719354fd0a\n',
      ),
      { aux: { ID: 'sha256:53719354fd0a' } },
      ...streams('Successfully built 53719354fd0a\n'),
    );
    expect(events).toEqual([
      { type: 'step', step: 1, steps: 3, text: 'FROM base' },
      { type: 'step', step: 2, steps: 3, text: 'RUN echo one' },
      { type: 'cached', step: 2 },
      { type: 'step', step: 3, steps: 3, text: 'RUN echo two' },
      { type: 'line', text: 'two' },
    ]);
    expect(record).toMatchObject({ step: 'RUN echo two', image: 'sha256:53719354fd0a', error: null });
    expect([...record.images]).toEqual(['2fb50e4d747b', '0dda7e421d02', '53719354fd0a']);
    expect([...record.containers]).toEqual(['4744bdaabb7d']);
  });

  it('reads the steps of Podman', () => {
    const { events, record } = play(
      ...streams(
        'STEP 1/2: FROM base\n',
        'STEP 2/2: RUN true\n',
        '--> Using cache 0123456789ab\n',
        '--> 0123456789ab\n',
      ),
      ...streams('Successfully built 0123456789ab\n'),
    );
    expect(events).toEqual([
      { type: 'step', step: 1, steps: 2, text: 'FROM base' },
      { type: 'step', step: 2, steps: 2, text: 'RUN true' },
      { type: 'cached', step: 2 },
    ]);
    expect(record.image).toBe('0123456789ab');
  });

  it('cuts lines at CR and LF, wherever the chunks end, and takes escape sequences out', () => {
    const { events } = play(
      ...streams('10%\r50', '%\r', '\n\x1b[32mgreen\x1b', '[0m\x07 text\r\n\n', 'last without an end'),
    );
    expect(events.map((event) => 'text' in event && event.text)).toEqual([
      '10%',
      '50%',
      'green text',
      'last without an end',
    ]);
  });

  it('takes no line of a program for its own bookkeeping', () => {
    const { events, record } = play(
      ...streams('see ---> Running in circles\n', '  ---> 12\n', 'Step by step\n'),
    );
    expect(events).toHaveLength(3);
    expect(record.containers.size + record.images.size).toBe(0);
  });

  it('sums a pull over its layers, first pulling, then extracting', () => {
    const { events } = play(
      { status: 'Pulling from library/node', id: '24' },
      layer('a', 'Pulling fs layer'),
      layer('b', 'Pulling fs layer'),
      layer('c', 'Already exists'),
      layer('a', 'Downloading', 10, 100),
      layer('b', 'Downloading', 5, 50),
      layer('b', 'Download complete'),
      layer('b', 'Extracting', 7, 50),
      layer('a', 'Downloading', 100, 100),
      layer('a', 'Download complete'),
      layer('a', 'Extracting', 40, 100),
      layer('b', 'Pull complete'),
      layer('b', 'Pull complete'),
      layer('a', 'Pull complete'),
    );
    expect(
      events.map((event) => event.type === 'pull' && [event.phase, event.bytes, event.totalBytes]),
    ).toEqual([
      ['pulling', 10, 100],
      ['pulling', 15, 150],
      ['pulling', 60, 150],
      ['pulling', 150, 150],
      ['extracting', 7, 150],
      ['extracting', 47, 150],
      ['extracting', 90, 150],
      ['extracting', 150, 150],
    ]);
  });

  it('keeps the error and the lines before it, and no more than a diagnosis needs', () => {
    const many = Array.from({ length: 500 }, (_, index) => `line ${index}\n`);
    const { record } = play(...streams(...many, 'npm error code EAI_AGAIN'), {
      error: 'short',
      errorDetail: { code: 1, message: 'The command returned a non-zero code: 1' },
    });
    expect(record.error).toBe('The command returned a non-zero code: 1');
    expect(record.lines).toHaveLength(200);
    expect(record.lines.at(-1)).toBe('npm error code EAI_AGAIN');
  });
});

describe('JSON lines', () => {
  const read = async (chunks: Uint8Array[]) => {
    const values: unknown[] = [];
    const source = (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })();
    for await (const value of jsonLines(source)) values.push(value);
    return values;
  };

  it('come out whole however the bytes are cut', async () => {
    const bytes = Buffer.from('{"stream":"größer\\n"}\r\n\n{"aux":{"ID":"x"}}');
    const expected = [{ stream: 'größer\n' }, { aux: { ID: 'x' } }];
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(await read(chunks)).toEqual(expected);
    }
  });

  it('are refused when they are none', async () => {
    await expect(read([Buffer.from('<html>\n')])).rejects.toThrow(NotAnEngine);
    await expect(read([Buffer.alloc(5_000_000, 'x')])).rejects.toThrow(NotAnEngine);
  });
});
