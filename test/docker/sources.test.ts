import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defaultImageSettings, testedCliVersion } from '../../src/domain/config.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../docker/${name}`, import.meta.url));
const dockerfile = readFileSync(path('Dockerfile.claude-setup'), 'utf8');
const scripts = [path('entrypoint.sh'), fileURLToPath(new URL('scripted-claude.sh', import.meta.url))];

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

describe('the Dockerfile', () => {
  it('has the defaults of the settings', () => {
    expect(dockerfile).toMatch(new RegExp(`^ARG BASE_IMAGE=${defaultImageSettings.base}$`, 'm'));
    expect(dockerfile).toMatch(new RegExp(`^ARG CLAUDE_CLI_VERSION=${testedCliVersion}$`, 'm'));
  });

  it('has nothing that the classic builder does not know', () => {
    expect(dockerfile).not.toMatch(/^#\s*(?:syntax|escape)\s*=/im);
    expect(dockerfile).not.toMatch(/^(?:RUN|COPY|ADD|FROM).*\s--(?!from=)/m);
    expect(dockerfile).not.toContain('<<');
    // Podman's own image format has no SHELL, and ignores it.
    expect(dockerfile).not.toMatch(/^SHELL/m);
  });

  it('stops at the first error of every step', () => {
    const steps = dockerfile.match(/^RUN .*/gm) ?? [];
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toMatch(/^RUN : [a-z].*; set -eu; \\$/i);
  });

  it('names no proxy, so that none gets into the history', () => {
    expect(dockerfile.replaceAll(/^#.*$/gm, '')).not.toMatch(/proxy/i);
  });
});

describe('the scripts', () => {
  it('can be run', () => {
    for (const script of scripts) expect(statSync(script).mode & 0o111).toBe(0o111);
  });

  it.skipIf(!hasShellcheck)(
    hasShellcheck ? 'are clean by shellcheck' : 'are clean by shellcheck (skipped: no shellcheck here)',
    () => {
      const { stdout, stderr, status } = spawnSync('shellcheck', scripts, {
        encoding: 'utf8',
      });
      expect(stdout + stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});
