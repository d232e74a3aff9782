import { buildCommand } from './build.ts';
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { loginCommand } from './login.ts';
import { profileCommands } from './profile.ts';
import { refreshCommand } from './refresh.ts';
import { rollbackCommand } from './rollback.ts';
import { supportCommand } from './support.ts';

/** Every command, in the order that `--help` lists them. */
export const commands: readonly Command[] = [
  loginCommand,
  buildCommand,
  ...profileCommands,
  checkCommand,
  doctorCommand,
  refreshCommand,
  rollbackCommand,
  supportCommand,
];
