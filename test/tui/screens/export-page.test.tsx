import { describe, expect, it, vi } from 'vitest';
import { exportFormats } from '../../../src/domain/export/formats.ts';
import { expectFits } from '../../support/frames.ts';
import { readyWorld } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const atExport = async (options: OpenOptions = {}) => {
  const world = readyWorld();
  const app = openApp(world, { start: { screen: 'dashboard' }, ...options });
  await app.waitFor('ada@example.com');
  await app.type('u');
  await app.waitFor('Use dev elsewhere');
  await app.waitFor('login of the profile dev');
  return { world, app };
};

/** Moves the focus down to a format. */
const choose = async ({ app }: Awaited<ReturnType<typeof atExport>>, format: string) => {
  const steps = exportFormats.findIndex((one) => one.format === format);
  for (let step = 0; step < steps; step += 1) await app.type(keys.down);
};

describe('the page that tells where a profile can be used', () => {
  it.each([
    [60, 20],
    [80, 24],
    [120, 40],
  ])('fits %ix%i', async (columns, rows) => {
    const { app } = await atExport({ columns, rows });
    expect(app.frame()).toMatchSnapshot();
    expectFits(app.frame(), columns, rows);
  });

  it.each(exportFormats)('shows and copies $format, a token never', async (format) => {
    const page = await atExport({ columns: 120, rows: 40 });
    const { world, app } = page;
    await choose(page, format.format);
    await app.waitFor(format.holdsToken ? 'is not shown here' : 'claude-setup');
    expect(app.frame()).not.toContain('sk-ant');
    await app.type('c');
    await app.waitFor('Copied.');
    const [copied = ''] = world.copied;
    expect(copied).not.toContain('sk-ant');
    if (format.holdsToken) expect(copied).toBe(`claude-setup export dev --format ${format.format}`);
    else expect(copied).toContain('\n');
  });

  it('scrolls the preview to its end and back, and begins at the top of another', async () => {
    const { app } = await atExport();
    expect(app.frame()).not.toContain('create_host_path');
    for (let page = 0; page < 6; page += 1) await app.type('\x1b[6~');
    await app.waitFor('create_host_path: false');
    expect(app.frame()).toMatch(/↑ \d+ more/);
    await app.type('\x1b[5~');
    await app.type(keys.down);
    await app.waitFor('in this command');
  });

  it('writes a file under the name that it suggests, or another', async () => {
    const page = await atExport();
    const { world, app } = page;
    await app.type('w');
    await app.waitFor('compose.claude.yaml');
    await app.type(keys.enter);
    await app.waitFor('Wrote compose.claude.yaml.');
    expect(world.written.get('compose.claude.yaml')).toContain('services:');
    await app.type('w');
    await app.waitFor('New file');
    await app.type(keys.enter);
    await app.waitFor('was not written');
    await choose(page, 'env');
    await app.type('w');
    await app.waitFor('claude-dev.env');
    await app.type(keys.clear);
    await app.type('ci.env');
    await app.type(keys.enter);
    await app.waitFor('Wrote ci.env.');
    expect(world.written.get('ci.env')).toContain('CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-TEST-dev');
    expect(app.frame()).not.toContain('sk-ant');
  });

  it('writes both units of systemd into a folder', async () => {
    const page = await atExport();
    await choose(page, 'systemd');
    await page.app.type('w');
    await page.app.waitFor('Into the folder');
    await page.app.type(keys.enter);
    await vi.waitFor(() => expect(page.world.written.size).toBe(2));
  });

  it('goes back to where it was opened', async () => {
    const { app } = await atExport();
    await app.type('w');
    await app.waitFor('New file');
    await app.type(keys.escape);
    await vi.waitFor(() => expect(app.frame()).not.toContain('New file'));
    await app.type(keys.escape);
    await app.waitFor('Your profiles');
  });
});
