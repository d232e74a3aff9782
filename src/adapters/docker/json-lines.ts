import { NotAnEngine } from './engine-errors.ts';

/** No line of an engine's progress comes near this. */
const lineLimit = 4 * 1024 * 1024;

/** The JSON values of a stream that holds one a line, however the lines are cut into chunks. */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineLimit) throw new NotAnEngine('a line does not end');
    for (const line of lines) if (line.trim() !== '') yield parse(line);
  }
  if (rest.trim() !== '') yield parse(rest);
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    throw new NotAnEngine('a line is not JSON');
  }
};
