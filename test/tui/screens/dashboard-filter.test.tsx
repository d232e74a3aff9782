import { describe, expect, it } from 'vitest';
import { keys, openApp } from '../open-app.tsx';
import { everyKind, start } from './dashboard-world.ts';

describe('the filter', () => {
  it('opens with /, narrows as it is typed, is kept with Enter and cleared with Escape', async () => {
    const app = openApp(everyKind(), { start });
    await app.waitFor('staging');
    await app.type('/');
    await app.waitFor('Filter:');
    await app.type('dev');
    await app.waitFor('2 of 8');
    expect(app.frame()).not.toContain('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✔ copy-of-dev');
    await app.type(keys.enter);
    await app.waitFor('r refresh');
    expect(app.frame()).toContain('2 of 8');
    await app.type(keys.escape);
    await app.waitFor('staging');
    expect(app.frame()).toContain('❯ ✔ copy-of-dev');
    expect(app.frame()).not.toContain('Filter:');
  });

  it('finds profiles by how they are, with several words', async () => {
    const app = openApp(everyKind(), { start });
    await app.waitFor('staging');
    await app.type('/');
    await app.waitFor('Filter:');
    await app.paste('needs a person docker');
    await app.waitFor('3 of 8');
    await app.type(' nobody-is-called-that');
    await app.waitFor('No profile matches');
    await app.type(keys.enter);
    await app.type('d');
    await app.type('x');
    expect(app.frame()).toContain('No profile matches');
  });
});
