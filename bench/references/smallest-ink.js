// The smallest program that draws with Ink.
import { render, Text } from 'ink';
import { createElement } from 'react';

render(createElement(Text, null, 'ready'));
setTimeout(() => {}, 60_000);
