import { describe, expect, it } from 'vitest';
import {
  clashKey,
  leaveOutTest,
  linkStaysInside,
  safeEntryPath,
  shownName,
} from '../../src/domain/capture-rules.ts';

describe('what is left out', () => {
  it.each<[glob: string, path: string, leftOut: boolean]>([
    ['todos', 'todos', true],
    ['todos', 'todos/a/b.json', true],
    ['todos/', 'todos/a', true],
    ['./todos', 'todos/a', true],
    ['todos', 'todos2', false],
    ['todos', 'projects/todos', false],
    ['**/todos', 'projects/todos/x', true],
    ['**/todos', 'todos', true],
    ['*.log', 'a.log', true],
    ['*.log', 'logs/a.log', false],
    ['**/*.log', 'logs/deep/a.log', true],
    ['projects/*/cache', 'projects/-app/cache/x', true],
    ['projects/*/cache', 'projects/-app/deep/cache', false],
    ['projects/**', 'projects/a', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a.c', 'abc', false],
    ['(a|b)+', 'a', false],
    ['x', '.oauth_refresh.lock/holder', true],
    ['x', '.credentials.json.tmp.12ab', true],
    ['x', '.credentials.json', false],
    ['x', '.claude-setup/journal.json', true],
    ['new\nline', 'new\nline/x', true],
  ])('%j against %j: %s', (glob, path, leftOut) => {
    expect(leaveOutTest([glob])(path)).toBe(leftOut);
  });
});

describe('the path of an entry', () => {
  it.each([
    ['./', '.'],
    ['.', '.'],
    ['./a', 'a'],
    ['a/b/', 'a/b'],
    ['././a', 'a'],
    ['.claude.json', '.claude.json'],
    ['a/...', 'a/...'],
    ['..a', '..a'],
    ['ünï/コード', 'ünï/コード'],
    ['new\nline', 'new\nline'],
  ])('%j is %j', (name, path) => {
    expect(safeEntryPath(name)).toEqual({ ok: true, path });
  });

  it.each([
    '',
    '/',
    '/a',
    './/a',
    '//',
    '..',
    'a/..',
    './../a',
    'a/./b',
    'a//b',
    'a\\..\\b',
    'C:\\x',
    'a\0b',
    'x'.repeat(256),
    'é'.repeat(128),
    'a/'.repeat(70),
    `${'x'.repeat(250)}/`.repeat(20),
  ])('%j is refused', (name) => {
    expect(safeEntryPath(name).ok).toBe(false);
  });
});

describe('a link', () => {
  it.each<[path: string, target: string, inside: boolean]>([
    ['a', 'b', true],
    ['a', './b/c', true],
    ['d/a', '../b', true],
    ['d/e/a', '../../b', true],
    ['a', '../b', false],
    ['d/a', '../../b', false],
    ['a', '/etc/passwd', false],
    ['a', '', false],
    ['a', 'b/../../c', false],
    // Where b leads to somewhere less deep, the rest leads out.
    ['d/e/a', 'b/../x', false],
    ['d/a', '..', true],
    ['a', 'b\\c', false],
    ['a', 'n'.repeat(255), true],
    ['a', `b/${'é'.repeat(128)}`, false],
  ])('at %j to %j stays inside: %s', (path, target, inside) => {
    expect(linkStaysInside(path, target)).toBe(inside);
  });
});

it('names clash when a case-insensitive file system takes them for one', () => {
  expect(clashKey('Settings.JSON')).toBe(clashKey('settings.json'));
  expect(clashKey('caf\u00e9')).toBe(clashKey('cafe\u0301'));
  expect(clashKey('stra\u00dfe')).toBe(clashKey('STRASSE'));
  expect(clashKey('a')).not.toBe(clashKey('b'));
});

it('shows a hostile name in one short line', () => {
  expect(shownName('a\u001b[31m\n\u202eb"')).toBe('a?[31m??b?');
  expect(shownName('x'.repeat(500))).toHaveLength(81);
});
