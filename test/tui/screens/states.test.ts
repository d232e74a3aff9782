import { describe, expect, it } from 'vitest';
import { defaultImageSettings } from '../../../src/domain/config.ts';
import type { BuildEvent } from '../../../src/ports/engine.ts';
import { textOf } from '../../../src/tui/components/text-state.ts';
import { reduceEngine, withoutEngine } from '../../../src/tui/screens/engine/engine-state.ts';
import {
  currentLine,
  doneShare,
  type ImageState,
  newImageState,
  reduceImage,
} from '../../../src/tui/screens/image/image-state.ts';
import {
  readSettings,
  reduceSettings,
  type SettingsState,
  settingsOf,
} from '../../../src/tui/screens/image/settings-state.ts';
import {
  absoluteDirectory,
  reduceProfile,
  shortPath,
} from '../../../src/tui/screens/profile/profile-state.ts';
import { foldersOf, newFirstRun, reduceFirstRun } from '../../../src/tui/screens/verify/first-run-state.ts';

describe('the engine screen', () => {
  it('forgets the old search while it searches, and keeps the details open', () => {
    const open = reduceEngine(
      { search: { engine: null, attempts: [] }, details: false },
      { type: 'details' },
    );
    expect(reduceEngine(open, { type: 'searching' })).toEqual({ search: null, details: true });
  });

  it('says what can be done without an engine on each kind of machine', () => {
    expect(withoutEngine('linux')).toContain('press s');
    expect(withoutEngine('darwin')).toContain('Keychain');
    expect(withoutEngine('win32')).toContain('Linux only');
  });
});

describe('the profile screen', () => {
  it('goes from a name over a directory to the question about a used one', () => {
    const named = reduceProfile({ mode: 'list' }, { type: 'named', name: 'dev', directory: '/a' });
    const edited = reduceProfile(named, { type: 'edited', edit: { type: 'insert', text: 'b' } });
    expect(edited).toEqual({ mode: 'directory', name: 'dev', directory: textOf('/ab') });
    expect(reduceProfile(edited, { type: 'occupied', directory: '/ab', names: ['x'] })).toMatchObject({
      mode: 'occupied',
      name: 'dev',
    });
  });

  it('asks about a directory only while one is typed', () => {
    const list = { mode: 'list' } as const;
    expect(reduceProfile(list, { type: 'occupied', directory: '/a', names: [] })).toBe(list);
  });

  it.each([
    ['~', '/home/ada'],
    ['~/.claude-hub/', '/home/ada/.claude-hub'],
    [' /srv/login ', '/srv/login'],
    ['/', '/'],
    ['relative', null],
    ['', null],
    ['~bob/x', null],
  ])('takes %j for %j', (typed, path) => expect(absoluteDirectory(typed, '/home/ada')).toBe(path));

  it('shortens only what is really below the home directory', () => {
    expect(shortPath('/home/ada/x', '/home/ada')).toBe('~/x');
    expect(shortPath('/home/adam/x', '/home/ada')).toBe('/home/adam/x');
  });
});

describe('the image screen', () => {
  const build = (...events: readonly BuildEvent[]): ImageState =>
    events.reduce<ImageState>(
      (state, event) => reduceImage(state, { type: 'happened', event }),
      newImageState,
    );
  const step = (number: number): BuildEvent => ({
    type: 'step',
    step: number,
    steps: 4,
    text: `RUN ${number}`,
  });
  const pull = (phase: 'pulling' | 'extracting', bytes: number): BuildEvent => ({
    type: 'pull',
    phase,
    bytes,
    totalBytes: 80_000_000,
  });

  it('counts finished steps, and the bytes of the base image within a step', () => {
    expect(doneShare(build(step(1)))).toBe(0);
    expect(doneShare(build(step(3)))).toBe(0.5);
    expect(doneShare(build(step(1), pull('pulling', 40_000_000)))).toBe(0.125);
  });

  it('says what goes on', () => {
    expect(currentLine(build(step(1), pull('pulling', 34_100_000)))).toBe(
      'Base image: downloading 34.1 MB of 80.0 MB',
    );
    expect(currentLine(build(step(1), pull('extracting', 80_000_000)))).toContain('unpacking');
    expect(currentLine(build(step(1), { type: 'line', text: 'added 2 packages' }))).toBe('added 2 packages');
    expect(currentLine(build(step(1), { type: 'cached', step: 1 }))).toBe('taken from an earlier build');
  });

  it('keeps the log pane as it was when a build begins anew', () => {
    const shown = reduceImage(build(step(1)), { type: 'log' });
    const again = reduceImage(shown, { type: 'started', at: 5 });
    expect(again).toMatchObject({ showLog: true, startedAt: 5, log: [], steps: 0 });
  });
});

describe('the settings of the image', () => {
  const typed = (id: keyof SettingsState['texts'], value: string): SettingsState => {
    const state = settingsOf(defaultImageSettings);
    return { ...state, texts: { ...state.texts, [id]: textOf(value) } };
  };

  it('come back as they went in', () => {
    const settings = { ...defaultImageSettings, caFile: '/ca.pem', extraHosts: ['a:10.0.0.1', 'b:10.0.0.2'] };
    expect(readSettings(settingsOf(settings))).toEqual({ ok: true, value: settings });
  });

  it('go round with the focus', () => {
    const start = settingsOf(defaultImageSettings);
    expect(reduceSettings(start, { type: 'moved', by: -1 }).focus).toBe(6);
    expect(reduceSettings({ ...start, focus: 6 }, { type: 'moved', by: 1 }).focus).toBe(0);
  });

  it('edit the field under the focus', () => {
    const state = reduceSettings(
      { ...settingsOf(defaultImageSettings), focus: 2 },
      { type: 'edited', edit: { type: 'insert', text: '/ca.pem' } },
    );
    expect(state.texts.caFile.value).toBe('/ca.pem');
    expect(state.texts.base.value).toBe(defaultImageSettings.base);
  });

  it.each([
    ['base', '', 'base image'],
    ['cliVersion', '2', 'version'],
    ['caFile', 'ca.pem', 'CA file'],
    ['extraHosts', 'nonsense', 'nonsense'],
  ] as const)('are refused where %s is %j', (id, value, named) => {
    const read = readSettings(typed(id, value));
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.failure.what).toContain(named);
  });

  it.each(['latest', '2.1.330', '2.2.0-beta.1'])('take the version %s', (version) => {
    expect(readSettings(typed('cliVersion', version)).ok).toBe(true);
  });
});

describe('the first-run questions', () => {
  it('take whole paths only, each once', () => {
    expect(foldersOf(' /workspace/, /src,relative,/src ,')).toEqual(['/workspace', '/src']);
    expect(foldersOf('')).toEqual([]);
  });

  it('keep the folders as they were when the edit is given up', () => {
    const editing = reduceFirstRun(newFirstRun, { type: 'editing' });
    const edited = reduceFirstRun(editing, { type: 'edited', edit: { type: 'insert', text: ', /src' } });
    expect(reduceFirstRun(edited, { type: 'closed', keep: false }).folders).toEqual(['/workspace']);
    expect(reduceFirstRun(edited, { type: 'closed', keep: true }).folders).toEqual(['/workspace', '/src']);
  });
});
