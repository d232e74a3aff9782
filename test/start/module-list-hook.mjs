// Preloaded into the program by the test: writes what was loaded, files and builtins, when the program ends, or writes MODULE_LIST_AT.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const before = new Set(process.moduleLoadList);
const files = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(url);
    return next(url, context);
  },
});
let written = false;
const write = () => {
  if (written) return;
  written = true;
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  writeFileSync(process.env.MODULE_LIST, JSON.stringify({ files: [...files], builtins }));
};
process.on('exit', write);

// What comes after the picture does not count, and some of it comes before the program can be ended.
const { MODULE_LIST_AT: picture } = process.env;
if (picture !== undefined) {
  const { stdout } = process;
  const plainWrite = stdout.write.bind(stdout);
  stdout.write = (data, ...rest) => {
    if (String(data).includes(picture)) write();
    return plainWrite(data, ...rest);
  };
}
