import type { CommandEntry } from './command.ts';

/**
 * Every command, in the order that `--help` lists them. Nothing of a command is loaded before it is called, so this
 * file imports none of them: an entry says where its command is.
 */
export const commands: readonly CommandEntry[] = [
  {
    words: 'login',
    args: '[profile]',
    summary: 'sign in and capture the login (the wizard)',
    load: async () => (await import('./login.ts')).loginCommand,
  },
  {
    words: 'build',
    args: '',
    summary: 'build the setup image',
    load: async () => (await import('./build.ts')).buildCommand,
  },
  {
    words: 'profile list',
    args: '',
    summary: 'list the profiles',
    load: async () => (await import('./profile.ts')).list,
  },
  {
    words: 'profile show',
    args: '[profile]',
    summary: 'show one profile and why it is the one',
    load: async () => (await import('./profile.ts')).show,
  },
  {
    words: 'profile add',
    args: '<name>',
    summary: 'add a profile; a captured directory is adopted in place',
    load: async () => (await import('./profile.ts')).add,
  },
  {
    words: 'profile use',
    args: '<profile>',
    summary: 'make a profile the default',
    load: async () => (await import('./use.ts')).useCommand,
  },
  {
    words: 'profile rename',
    args: '<profile> <new-name>',
    summary: 'give a profile another name',
    load: async () => (await import('./profile-rename.ts')).renameCommand,
  },
  {
    words: 'profile remove',
    args: '<profile>',
    summary: 'remove a profile; its directory stays unless it is purged',
    load: async () => (await import('./profile-remove.ts')).removeCommand,
  },
  {
    words: 'profile import',
    args: '<directory>',
    summary: 'make a profile of a directory that holds a login',
    load: async () => (await import('./profile-import.ts')).importCommand,
  },
  {
    words: 'profile seal',
    args: '[profile]',
    summary: 'keep a profile in one encrypted file, or change its passphrase',
    load: async () => (await import('./seal.ts')).sealCommand,
  },
  {
    words: 'profile unseal',
    args: '[profile]',
    summary: 'put a sealed profile back in plain',
    load: async () => (await import('./seal.ts')).unsealCommand,
  },
  {
    words: 'use',
    args: '[profile]',
    summary: 'choose the default profile, or that of a project',
    load: async () => (await import('./use.ts')).useCommand,
  },
  {
    words: 'check',
    args: '[profile]',
    summary: 'run the checks',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  {
    words: 'doctor',
    args: '',
    summary: 'look at everything: engine, image, profiles, mounts, clock, disk',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    words: 'run',
    args: '[profile]',
    summary: 'one command in a fresh container, on a lease of the login',
    takesWords: true,
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    words: 'refresh',
    args: '[profile]',
    summary: 'have the CLI refresh the login, and keep the new tokens',
    load: async () => (await import('./refresh.ts')).refreshCommand,
  },
  {
    words: 'export',
    args: '<profile>',
    summary: 'use a profile elsewhere: compose, docker run, dev containers, CI, systemd',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    words: 'watch',
    args: '[profiles...]',
    summary: 'keep profiles fresh, and report',
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  {
    words: 'apply',
    args: '<profile>',
    summary: 'publish a login into a directory that containers mount',
    load: async () => (await import('./apply.ts')).applyCommand,
  },
  {
    words: 'unapply',
    args: '<profile>',
    summary: 'take back what apply has published',
    load: async () => (await import('./unapply.ts')).unapplyCommand,
  },
  {
    words: 'rollback',
    args: '<profile>',
    summary: 'back to the snapshot before the last capture',
    load: async () => (await import('./rollback.ts')).rollbackCommand,
  },
  {
    words: 'support',
    args: '',
    summary: 'write a redacted bundle for a bug report',
    load: async () => (await import('./support.ts')).supportCommand,
  },
  {
    words: 'demo',
    args: '',
    summary: 'practise with a stand-in: no Docker, no account, nothing real',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    words: 'completions',
    args: '<shell>',
    summary: 'print the completions for bash, zsh or fish',
    load: async () => (await import('./completions.ts')).completionsCommand,
  },
  {
    words: 'complete',
    args: '<what> [line...]',
    summary: 'what can be completed now, for the completions',
    hidden: true,
    load: async () => (await import('./completions.ts')).completeCommand,
  },
];
