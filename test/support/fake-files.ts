export * from '../../src/adapters/practice/fake-files.ts';
