/** Nothing that means more to a shell than itself. */
const plain = /^[\w\s.,:/@%+-]*$/;

/** The words of a command as a person types it into one line; a shell reads what is more than words. */
export const argvOf = (line: string): readonly string[] => {
  const text = line.trim();
  return plain.test(text) ? text.split(/\s+/).filter((word) => word !== '') : ['sh', '-c', text];
};
