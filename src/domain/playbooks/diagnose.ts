import { enginePlaybooks, otherFailure } from './engine-playbooks.ts';
import { hostPlaybooks } from './host-playbooks.ts';
import { loginPlaybooks } from './login-playbooks.ts';
import type { Picture } from './picture.ts';
import type { Diagnosis, Playbook } from './playbook.ts';

/** Every playbook, the causes that explain others first. */
export const playbooks: readonly Playbook[] = [
  ...hostPlaybooks,
  ...enginePlaybooks,
  ...loginPlaybooks,
  otherFailure,
];

/** A playbook that the picture shows, with what it found. */
export interface Trouble extends Diagnosis {
  readonly playbook: Playbook;
}

/** All the trouble a picture shows, the likeliest cause first. Empty when all is well. */
export const diagnose = (picture: Picture): readonly Trouble[] =>
  playbooks.flatMap((playbook) => {
    const found = playbook.diagnose(picture);
    return found === null ? [] : [{ ...found, playbook }];
  });
