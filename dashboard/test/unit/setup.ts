// Tests of components and of sentences read them in English.
import { common } from '../../src/i18n/common';

await common.load('en');
