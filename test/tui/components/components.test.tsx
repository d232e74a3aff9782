import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/domain/checks/report.ts';
import { FailureBox } from '../../../src/tui/components/failure-box.tsx';
import { Findings } from '../../../src/tui/components/findings.tsx';
import { fittingHints } from '../../../src/tui/components/key-hints.tsx';
import { addLine } from '../../../src/tui/components/log-lines.ts';
import { Stepper } from '../../../src/tui/components/stepper.tsx';
import { TextField } from '../../../src/tui/components/text-field.tsx';
import { textOf } from '../../../src/tui/components/text-state.ts';
import { wrapWords } from '../../../src/tui/components/words.tsx';

const frameOf = (node: ReactElement) => stripVTControlCharacters(render(node).lastFrame() ?? '');

const hint = (key: string, label: string) => ({ key, label });

describe('key hints', () => {
  const own = [hint('Enter', 'go'), hint('l', 'log'), hint('x', 'something long')];
  const general = [hint('?', 'help')];

  it('are all shown where there is room', () => {
    expect(fittingHints(own, general, 60)).toHaveLength(4);
  });

  it('lose the last ones of the screen first, never the first and never the general ones', () => {
    expect(fittingHints(own, general, 30).map(({ key }) => key)).toEqual(['Enter', 'l', '?']);
    expect(fittingHints(own, general, 5).map(({ key }) => key)).toEqual(['Enter', '?']);
  });
});

describe('a failure box', () => {
  it('shows what, why and fix, and no token', () => {
    const failure = {
      code: 'cli.rejected' as const,
      what: 'It failed',
      why: 'the token sk-ant-oat01-TEST-secret-value is bad',
      fix: 'sign in again',
    };
    const frame = frameOf(<FailureBox failure={failure} />);
    expect(frame).toContain('It failed');
    expect(frame).toContain('Why: the token sk-ant-oat01-… is bad');
    expect(frame).toContain('Fix: sign in again');
    expect(frame).not.toContain('secret-value');
  });
});

describe('findings', () => {
  const finding = (id: Finding['id'], status: Finding['status'], fix = ''): Finding => ({
    id,
    status,
    summary: `about ${id}`,
    fix,
  });
  const findings = [
    finding('directory.present', 'pass'),
    finding('credentials.empty', 'fail', 'sign in again'),
    finding('token.login', 'skip'),
  ];

  it('are folded, but for trouble and its fix', () => {
    expect(frameOf(<Findings findings={findings} all={false} />)).toBe(
      ['✖ failed: about credentials.empty. Fix: sign in again', '✔ 1 other checks passed'].join('\n'),
    );
  });

  it('are all shown on request', () => {
    const frame = frameOf(<Findings findings={findings} all />);
    expect(frame).toContain('✔ fine: about directory.present');
    expect(frame).toContain('○ not needed: about token.login');
  });
});

it('the stepper marks steps with symbols', () => {
  const steps = [
    { title: 'Engine', mark: 'finished' as const },
    { title: 'Profile', mark: 'current' as const },
    { title: 'Image', mark: 'ahead' as const },
  ];
  expect(frameOf(<Stepper steps={steps} />)).toBe(' ✔ Engine ● Profile ○ Image');
});

it('a text field shows its focus and its placeholder', () => {
  const field = (focused: boolean, value: string) =>
    frameOf(<TextField label="Name" text={textOf(value)} focused={focused} placeholder="such as dev" />);
  expect(field(true, '')).toBe('❯ Name  such as dev');
  expect(field(false, 'staging')).toBe('  Name staging');
});

describe('a log', () => {
  it('keeps escape sequences, control characters and tokens out', () => {
    const [line] = addLine([], '\x1b[31mred\x1b[0m\rsk-ant-oat01-TEST-secret-value \x07');
    expect(line?.text).toBe('red sk-ant-oat01-…');
  });

  it('is bounded', () => {
    let lines = addLine([], 'first');
    for (let count = 0; count < 1000; count += 1) lines = addLine(lines, `line ${count}`);
    expect(lines).toHaveLength(500);
    expect(lines.at(-1)?.text).toBe('line 999');
  });
});

it('words are wrapped without a space at the start of a line', () => {
  expect(wrapWords('one two three', 7)).toBe('one two\nthree');
  expect(wrapWords('a\nb', 7)).toBe('a\nb');
});
